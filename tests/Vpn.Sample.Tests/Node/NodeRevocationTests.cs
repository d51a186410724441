using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FifoDtls;
using FifoDtls.TestSupport;
using FifoVpn.Configuration;
using FifoVpn.Node;
using FifoVpn.Pki;

namespace FifoVpn.Tests.Node;

/// <summary>Peers whose certificates are revoked while they are connected, or while they connect.</summary>
internal sealed class NodeRevocationTests
{
    private readonly Stack<IDisposable> _owned = new();
    private TestVpn _vpn = null!;
    private VpnMember _alpha = null!;
    private VpnMember _beta = null!;
    private VpnMember _gamma = null!;
    private NodeCertificate _betaCertificate = null!;

    [SetUp]
    public void MakeVpn()
    {
        _vpn = new TestVpn();
        _alpha = _vpn.Member("alpha");
        _beta = _vpn.Member("beta");
        _gamma = _vpn.Member("gamma");
        _betaCertificate = _vpn.Authority.Issue("beta", _beta.Addresses);
    }

    [TearDown]
    public void EndVpn()
    {
        _vpn.Dispose();
        _betaCertificate.Dispose();
        while (_owned.TryPop(out IDisposable? owned))
        {
            owned.Dispose();
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    [CancelAfter(120_000)]
    public void Only_the_association_with_who_is_revoked_ends(bool alphaCalls)
    {
        using DtlsContext context = AlphaContext(accepts: null, List(1));
        TestNode b = Start(_beta, BetaContext(), alphaCalls ? _alpha.Awaited() : _alpha.Called());
        TestNode c = _vpn.Start(_gamma, alphaCalls ? _alpha.Awaited() : _alpha.Called());
        TestNode a = Start(_alpha, context, alphaCalls ? _beta.Called() : _beta.Awaited(), alphaCalls ? _gamma.Called() : _gamma.Awaited());
        a.WaitUntilConnected(_beta);
        a.WaitUntilConnected(_gamma);
        b.WaitUntilConnected(_alpha);
        c.WaitUntilConnected(_alpha);
        a.Log.WaitFor(LogCapture.Connected, TestNode.Limit, count: 2); // an association that is looked at while it begins is refused before that line, and then never said to have ended
        using DtlsSession? before = a.Peer(_beta).CopySession();
        Assert.That(before, alphaCalls ? Is.Not.Null : Is.Null, "only who calls keeps a session");
        Assert.That(a.Node.EndRevoked(), Is.Zero);

        Assert.That(context.UpdateRevocationLists(List(2, _betaCertificate.Certificate)), Is.EqualTo(1));
        Assert.That(a.Node.EndRevoked(), Is.EqualTo(1));

        a.Log.WaitFor(LogCapture.Disconnected, TestNode.Limit);
        Assert.That(a.Log.Of(LogCapture.Disconnected).Select(line => line.Message), Has.All.StartWith("Disconnected from beta"));
        Assert.That(a.Log.Of(LogCapture.Refused)[0].Message, Does.Contain("the certificate of \"beta\" is not accepted any more: certificate revoked"));
        const int peerSaysBye = 111;
        Assert.That(b.Log.WaitFor(peerSaysBye, TestNode.Limit).Message, Does.EndWith("says: certificate revoked"));
        using DtlsSession? after = a.Peer(_beta).CopySession();
        Assert.That(after, Is.Null, "it is worth nothing under the new lists");
        a.AssertReaches(c);
    }

    [Test]
    [CancelAfter(120_000)]
    public void A_handshake_that_was_overtaken_by_a_new_list_is_noticed_when_the_association_begins()
    {
        // Whatever a handshake says is accepted here, as if it had gone by the lists of a moment ago; verifying outside a handshake does not ask.
        using DtlsContext context = AlphaContext(accepts: _ => true, List(1, _betaCertificate.Certificate));
        TestNode a = Start(_alpha, context, _beta.Awaited());
        TestNode b = Start(_beta, BetaContext(), _alpha.Called());
        a.Log.WaitFor(LogCapture.Connected, TestNode.Limit);

        Assert.That(a.Node.EndRevoked(), Is.EqualTo(1));

        Eventually.True(
            () => a.Log.Of(LogCapture.Refused).Any(line => line.Message.EndsWith("its certificate is not accepted any more: certificate revoked", StringComparison.Ordinal)),
            TestNode.Limit,
            "beta comes back and is refused");
        Assert.That(a.Log.Of(LogCapture.Connected), Has.Count.EqualTo(1));
        Assert.That(b.Log.WarningsAndErrors, Is.Not.Empty);
    }

    [Test]
    [CancelAfter(120_000)]
    public void Rates_can_be_set_and_taken_back_while_peers_are_connected()
    {
        TestNode b = _vpn.Start(_beta, _alpha.Awaited());
        TestNode a = _vpn.Start(_alpha, _beta.Called());
        a.WaitUntilConnected(_beta);
        b.WaitUntilConnected(_alpha);
        VpnPeer peer = a.Peer(_beta);

        a.Node.SetRates(1000, null);
        for (int i = 0; i < 200; i++)
        {
            a.Inject(TestNode.Packet(_alpha.IPv4, _beta.IPv4, 1300)); // more than the queue of so low a rate holds
        }

        Eventually.True(() => peer.Counters.Drops(DropReason.RateLimit) > 0, TestNode.Limit, "packets are dropped for the rate");
        Assert.That(a.Log.Of(LogCapture.Disconnected), Is.Empty);

        a.Node.SetRates(null, null);
        long dropped = peer.Counters.Drops(DropReason.RateLimit);
        long sent = peer.Counters.PacketsSent;
        for (int i = 0; i < 200; i++)
        {
            a.Inject(TestNode.Packet(_alpha.IPv4, _beta.IPv4, 1300));
        }

        Eventually.True(() => peer.Counters.PacketsSent >= sent + 200, TestNode.Limit, "all are sent");
        Assert.That(peer.Counters.Drops(DropReason.RateLimit), Is.EqualTo(dropped));
    }

    private TestNode Start(VpnMember member, DtlsContext context, params PeerConfig[] peers) =>
        _vpn.Start(member, new TestNodeSettings { Context = context }, peers);

    private DtlsContext BetaContext()
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(_betaCertificate.Certificate);
        DtlsContext context = new(new DtlsContextOptions { Credentials = credentials, TrustAnchors = [_vpn.Authority.Certificate], Resumption = new() { Scope = "test" } });
        _owned.Push(context);
        return context;
    }

    private DtlsContext AlphaContext(Func<DtlsCertificateVerdict, bool>? accepts, IReadOnlyList<DtlsRevocationList> lists)
    {
        using NodeCertificate certificate = _vpn.Authority.Issue("alpha", _alpha.Addresses);
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate.Certificate);
        return new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials,
            TrustAnchors = [_vpn.Authority.Certificate],
            RevocationLists = lists,
            CertificateValidation = accepts,
            Resumption = new() { Scope = "test" },
        });
    }

    private IReadOnlyList<DtlsRevocationList> List(int number, params X509Certificate2[] revoked)
    {
        using X509Certificate2 issuer = _vpn.Authority.Certificate.CopyWithPrivateKey(_vpn.Authority.Key);
        CertificateRevocationListBuilder list = new();
        foreach (X509Certificate2 certificate in revoked)
        {
            list.AddEntry(certificate);
        }

        return DtlsRevocationList.Parse(list.Build(issuer, number, DateTimeOffset.UtcNow.AddDays(1), HashAlgorithmName.SHA256, thisUpdate: DateTimeOffset.UtcNow.AddHours(-1))); // libssl's clock may be some milliseconds behind .NET's
    }
}
