using System.Net;
using FifoDtls;
using FifoDtls.TestSupport;
using FifoVpn.Control;
using FifoVpn.Packets;
using FifoVpn.Pki;
using FifoVpn.Tests.Node;

namespace FifoVpn.Tests.Rendezvous;

/// <summary>Who gets in, under which name and with which addresses.</summary>
internal sealed class RegistrationTests
{
    private static readonly TimeSpan Limit = RendezvousClient.Limit;

    [Test]
    [CancelAfter(60_000)]
    public void Registration_tells_the_node_where_it_is_seen([Values] bool relay)
    {
        using RendezvousBench bench = new(relay: relay);
        RendezvousClient alpha = bench.Connect("alpha");
        Assert.That(alpha.Register(), Is.EqualTo(new RegisteredMessage(alpha.OutsideEndPoint, relay, TimeSpan.FromMinutes(1))));
        Assert.That(alpha.Register(), Is.EqualTo(new RegisteredMessage(alpha.OutsideEndPoint, relay, TimeSpan.FromMinutes(1))), "it may be repeated");
        Assert.That(bench.Statistics.Nodes, Is.EqualTo(1));
        Assert.That(bench.Statistics.Registrations, Is.EqualTo(2));
        Assert.That(bench.Log.Of(LogIds.Registered), Has.Count.EqualTo(1));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_certificate_of_another_authority_is_refused()
    {
        using RendezvousBench bench = new();
        using CertificateAuthority other = CertificateAuthority.Create();
        DtlsContext context = bench.Vpn.Context(other, "alpha", bench.NewAddress());
        Assert.That(() => bench.Connect("alpha", context), Throws.InstanceOf<DtlsException>());
        Assert.That(bench.Server.RegistryCounts, Is.EqualTo(default(FifoVpn.Rendezvous.RegistryCounts)));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_node_without_a_certificate_is_refused()
    {
        using RendezvousBench bench = new();
        using DtlsContext context = new(new DtlsContextOptions { TrustAnchors = [bench.Vpn.Authority.Certificate] });
        Assert.That(() => bench.Connect("alpha", context), Throws.InstanceOf<DtlsException>());
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_certificate_that_names_no_node_is_refused()
    {
        using RendezvousBench bench = new(context: TrustingBoth);
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Authority.Issue(new LeafProfile { CommonName = "no node!" }));
        using DtlsContext context = new(new DtlsContextOptions { Credentials = credentials, TrustAnchors = [bench.Vpn.Authority.Certificate] });
        RendezvousClient client = bench.Connect("no node!", context);
        client.AwaitClose();
        Assert.That(bench.Log.WaitFor(LogIds.Refused, Limit).Message, Does.Contain("no node!"));
        Assert.That(bench.Statistics.RefusedIdentities, Is.EqualTo(1));
    }

    [Test]
    [CancelAfter(60_000)]
    public void The_first_node_with_an_address_keeps_it_until_it_goes()
    {
        using RendezvousBench bench = new();
        VpnAddress contested = bench.NewAddress();
        VpnAddress own = bench.NewAddress();
        RendezvousClient first = bench.Registered("first", contested);
        RendezvousClient second = bench.Registered("second", contested, own);
        RendezvousClient asker = bench.Registered("asker");
        second.Register();
        second.Register();

        Assert.That(FindBy(asker, contested, first), Is.EqualTo("first"));
        Assert.That(FindBy(asker, own, second), Is.EqualTo("second"), "its other address is its own");
        LogEntry line = bench.Log.WaitFor(LogIds.AddressTaken, Limit);
        Assert.That(line.Message, Does.Contain("second").And.Contain(contested.ToString()).And.Contain("first"));
        Assert.That(bench.Log.Of(LogIds.AddressTaken), Has.Count.EqualTo(1), "it is told once");
        Assert.That(bench.Statistics.RefusedAddresses, Is.EqualTo(1));

        first.Dispose();
        Eventually.Equal(2, () => bench.Statistics.Nodes, Limit, "registered nodes");
        Assert.That(FindBy(asker, contested, second), Is.EqualTo("second"), "who missed it has it now");
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_node_that_comes_back_keeps_its_addresses_against_who_wants_them()
    {
        using RendezvousBench bench = new();
        VpnAddress contested = bench.NewAddress();
        DtlsContext context = bench.Context("first", contested);
        RendezvousClient first = bench.Connect("first", context);
        first.Register();
        bench.Registered("second", contested);
        RendezvousClient asker = bench.Registered("asker");
        RendezvousClient again = bench.Connect("first", context);
        again.Register();
        Assert.That(first.AwaitBye(), Is.EqualTo(ByeReason.Replaced));
        Assert.That(FindBy(asker, contested, again), Is.EqualTo("first"));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_newer_association_replaces_the_older_one_and_its_channels()
    {
        using RendezvousBench bench = new();
        DtlsContext context = bench.Context("alpha", bench.NewAddress());
        RendezvousClient older = bench.Connect("alpha", context);
        older.Register();
        RendezvousClient beta = bench.Registered("beta");
        (uint betasOld, _) = RendezvousBench.Introduce(beta, older);

        RendezvousClient newer = bench.Connect("alpha", context);
        newer.Register();
        Assert.That(older.AwaitBye(), Is.EqualTo(ByeReason.Replaced));

        beta.SendRelay(betasOld, 1, true, [1, 2, 3]);
        Assert.That(beta.NextRelayClosed(), Is.EqualTo(betasOld));
        beta.Find("alpha");
        IntroductionMessage introduction = beta.NextIntroduction();
        Assert.That(introduction.PublicEndPoint, Is.EqualTo(newer.OutsideEndPoint));
        Assert.That(introduction.Channel, Is.Not.EqualTo(betasOld).And.Not.Zero);
        Assert.That(newer.NextIntroduction().Name, Is.EqualTo("beta"));
        newer.AssertNothingElse();
        Assert.That(bench.Statistics.Nodes, Is.EqualTo(2));
        Assert.That(bench.Statistics.Replaced, Is.EqualTo(1));
        Assert.That(bench.Log.WaitFor(LogIds.Gone, Limit).Message, Does.Contain("alpha").And.Contain("Replaced"));
        Assert.That(bench.Log.Of(LogIds.Replaced), Has.Count.EqualTo(1));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_full_table_refuses_politely_and_lets_in_who_is_known()
    {
        using RendezvousBench bench = new(maxNodes: 2);
        DtlsContext context = bench.Context("alpha", bench.NewAddress());
        RendezvousClient alpha = bench.Connect("alpha", context);
        alpha.Register();
        RendezvousClient beta = bench.Registered("beta");
        Assert.That(bench.Connect("gamma").AwaitBye(), Is.EqualTo(ByeReason.TableFull));
        Assert.That(bench.Connect("delta").AwaitBye(), Is.EqualTo(ByeReason.TableFull));
        Assert.That(bench.Statistics.RefusedFull, Is.EqualTo(2));
        Assert.That(bench.Log.Of(LogIds.TableFull), Has.Count.EqualTo(1), "the first is told at once, the next after a while");

        bench.Connect("alpha", context).Register();
        Assert.That(alpha.AwaitBye(), Is.EqualTo(ByeReason.Replaced));
        beta.Dispose();
        Eventually.Equal(1, () => bench.Statistics.Associations, Limit, "associations");
        bench.Registered("gamma");
        Assert.That(bench.Statistics.Nodes, Is.EqualTo(2));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_silent_node_is_dropped_and_one_that_pings_stays()
    {
        using RendezvousBench bench = new(keepalive: TimeSpan.FromSeconds(1));
        RendezvousClient alive = bench.Registered("alive");
        RendezvousClient dead = bench.Registered("dead");
        Eventually.True(
            () =>
            {
                alive.AssertNothingElse();
                return bench.Statistics.Silent > 0;
            },
            Limit,
            "a node is dropped");
        dead.AwaitClose();
        Assert.That(bench.Log.WaitFor(LogIds.Gone, Limit).Message, Does.Contain("dead").And.Contain("Silent"));
        alive.Find("dead");
        Assert.That(alive.NextNotFound().Reason, Is.EqualTo(FindFailure.NotRegistered));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_node_that_never_registers_is_dropped()
    {
        using RendezvousBench bench = new(keepalive: TimeSpan.FromMinutes(1));
        RendezvousClient client = bench.Connect("alpha");
        client.AssertNothingElse();
        bench.Clock.Advance(TimeSpan.FromMinutes(3) + TimeSpan.FromSeconds(1));
        client.Send(new EchoMessage(1).Write(new byte[EchoMessage.Length], ControlType.Ping));
        client.AwaitCloseAfter(ControlType.Pong);
        Assert.That(bench.Log.WaitFor(LogIds.Gone, Limit).Message, Does.Contain("NeverRegistered"));
        bench.AssertNothingIsLeft();
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_node_that_says_good_bye_is_forgotten_at_once()
    {
        using RendezvousBench bench = new();
        RendezvousClient alpha = bench.Registered("alpha");
        alpha.Send(new ByeMessage(ByeReason.ShuttingDown, "for tonight").Write(new byte[ControlMessage.MaxLength]));
        alpha.AwaitClose();
        Assert.That(bench.Log.WaitFor(LogIds.Gone, Limit).Message, Does.Contain("ClosedByNode").And.Contain("ShuttingDown").And.Contain("for tonight"));
        bench.AssertNothingIsLeft();
    }

    private static DtlsContext TrustingBoth(TestVpn vpn)
    {
        using NodeCertificate certificate = vpn.Authority.Issue("meet", [VpnAddress.Parse("10.88.255.1")]);
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate.Certificate);
        return new DtlsContext(new DtlsContextOptions { Credentials = credentials, TrustAnchors = [vpn.Authority.Certificate, TestPki.Ca] });
    }

    private static string FindBy(RendezvousClient asker, VpnAddress address, RendezvousClient target)
    {
        uint request = asker.Find(address);
        IntroductionMessage found = asker.NextIntroduction();
        Assert.That(found.Request, Is.EqualTo(request));
        Assert.That(target.NextIntroduction().Name, Is.EqualTo(asker.Name));
        return found.Name;
    }
}
