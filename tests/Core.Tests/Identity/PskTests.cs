using System.Net.Security;
using System.Text;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Pre-shared keys (RFC 4279, RFC 5489).</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
[CancelAfter(90_000)]
internal sealed class PskTests
{
    private const string Alice = "älice";

    private static byte[] AliceKey => Encoding.ASCII.GetBytes("0123456789abcdef");

    private static DtlsContext Client(string identity = Alice, byte[]? key = null, params TlsCipherSuite[] suites) =>
        new(new DtlsContextOptions { ClientPsk = _ => new DtlsPsk(identity, key ?? AliceKey), CipherSuites = suites });

    private static DtlsContext Server(DtlsServerPskCallback? psk = null, string? hint = null, params TlsCipherSuite[] suites) =>
        new(new DtlsContextOptions { ServerPsk = psk ?? (identity => identity == Alice ? AliceKey : null), PskIdentityHint = hint, CipherSuites = suites });

    [TestCase(TlsCipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256)]
    [TestCase(TlsCipherSuite.TLS_PSK_WITH_AES_256_GCM_SHA384)]
    [TestCase(TlsCipherSuite.TLS_PSK_WITH_CHACHA20_POLY1305_SHA256)]
    [TestCase(TlsCipherSuite.TLS_PSK_WITH_AES_128_CCM)]
    [TestCase(TlsCipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256)]
    public void A_suite_works_without_certificates(TlsCipherSuite suite)
    {
        using DtlsContext client = Client(suites: suite);
        using DtlsContext server = Server(suites: suite);
        using DtlsPair pair = DtlsPair.Established(client, server);
        foreach (DtlsRole role in (DtlsRole[])[DtlsRole.Client, DtlsRole.Server])
        {
            DtlsNegotiated negotiated = pair[role].Negotiated!;
            Assert.That(negotiated.CipherSuite, Is.EqualTo(suite));
            Assert.That(negotiated.PskIdentity, Is.EqualTo(Alice));
            Assert.That(negotiated.PeerCertificate, Is.Null);
        }

        pair.AssertAlive();
    }

    [Test]
    public void The_default_prefers_forward_secrecy()
    {
        using DtlsContext client = Client();
        using DtlsContext server = Server();
        using DtlsPair pair = DtlsPair.Established(client, server);
        Assert.That(pair.Client.Negotiated!.CipherSuite, Is.EqualTo(TlsCipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256));
    }

    [TestCase(null), TestCase("which of you?"), TestCase("für wen")]
    public void The_client_gets_the_servers_hint(string? hint)
    {
        string? seen = "nothing";
        using DtlsContext client = new(new DtlsContextOptions
        {
            ClientPsk = given =>
            {
                seen = given;
                return new DtlsPsk(Alice, AliceKey);
            },
        });
        using DtlsContext server = Server(hint: hint);
        using DtlsPair pair = DtlsPair.Established(client, server);
        Assert.That(seen ?? "", Is.EqualTo(hint ?? ""), "ECDHE_PSK always sends a hint, if only an empty one");
    }

    [Test]
    public void The_keys_are_overwritten_after_use()
    {
        byte[] clients = AliceKey;
        byte[] servers = AliceKey;
        using DtlsContext client = Client(key: clients);
        using DtlsContext server = Server(_ => servers);
        using DtlsPair pair = DtlsPair.Established(client, server);
        Assert.That(clients, Is.All.Zero);
        Assert.That(servers, Is.All.Zero);
        pair.AssertAlive();
    }

    [Test]
    public void Identity_and_key_of_the_greatest_length_work()
    {
        string identity = new('i', 128);
        byte[] key = new byte[512];
        new Random(1).NextBytes(key);
        using DtlsContext client = Client(identity, (byte[])key.Clone());
        using DtlsContext server = Server(_ => (byte[])key.Clone());
        using DtlsPair pair = DtlsPair.Established(client, server);
        Assert.That(pair.Server.Negotiated!.PskIdentity, Is.EqualTo(identity));
    }

    [Test]
    public void An_unknown_identity_is_told_by_its_alert()
    {
        using DtlsContext client = Client("mallory");
        using DtlsContext server = Server();
        AssertFails(client, server, DtlsAlert.UnknownPskIdentity, DtlsSide.Local, null, null);
    }

    [Test]
    public void A_client_whose_callback_has_no_key_gives_up()
    {
        using DtlsContext client = new(new DtlsContextOptions { ClientPsk = _ => null });
        using DtlsContext server = Server();
        AssertFails(client, server, DtlsAlert.HandshakeFailure, DtlsSide.Remote, null, null);
    }

    [Test]
    public void Keys_that_differ_end_both_handshakes_and_nothing_is_established([Values] bool forwardSecret)
    {
        TlsCipherSuite suite = forwardSecret ? TlsCipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256 : TlsCipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256;
        using DtlsContext client = Client(key: new byte[16], suites: suite);
        using DtlsContext server = Server(suites: suite);
        using DtlsPair pair = new(client, server);
        BlockingThread serving = BlockingThread.Start("server", () => pair.Server.Handshake(TimeSpan.FromSeconds(2)));
        BlockingThread calling = BlockingThread.Start("client", () => pair.Client.Handshake(TimeSpan.FromSeconds(2)));
        Assert.That(serving.TryJoin(Limits.Watchdog) & calling.TryJoin(Limits.Watchdog), Is.True);
        foreach (Exception? failure in (Exception?[])[serving.Exception, calling.Exception])
        {
            Assert.That(failure, Is.TypeOf<DtlsProtocolException>().With.Message.Contains("keys of the two sides probably differ").And.InnerException.TypeOf<TimeoutException>());
        }

        Assert.That(pair.Server.State, Is.EqualTo(DtlsConnectionState.Failed));
        Assert.That(pair.Server.Negotiated, Is.Null);
        Assert.That(pair.Client.Negotiated, Is.Null);
    }

    [Test]
    public void What_the_servers_callback_throws_is_the_inner_exception()
    {
        var thrown = new InvalidDataException("the key store is on fire");
        using DtlsContext client = Client();
        using DtlsContext server = Server(_ => throw thrown);
        AssertFails(client, server, DtlsAlert.InternalError, DtlsSide.Local, null, thrown);
    }

    [Test]
    public void What_the_clients_callback_throws_is_the_inner_exception()
    {
        var thrown = new InvalidDataException("the key store is on fire");
        using DtlsContext client = new(new DtlsContextOptions { ClientPsk = _ => throw thrown });
        using DtlsContext server = Server();
        AssertFails(client, server, DtlsAlert.HandshakeFailure, DtlsSide.Remote, thrown, null);
    }

    [TestCase(0), TestCase(513)]
    public void A_key_of_impossible_length_is_an_error_that_names_the_limits(int length)
    {
        Assert.That(() => new DtlsPsk(Alice, new byte[length]), Throws.ArgumentException.With.Message.Contains("1 to 512 bytes"));
        using DtlsContext client = Client();
        using DtlsContext server = Server(_ => new byte[length]);
        using DtlsPair pair = new(client, server);
        Assert.That(pair.HandshakeFailures().Server, Is.TypeOf<DtlsProtocolException>().With.InnerException.Message.Contains($"1 to 512 bytes; this one has {length}"));
    }

    [TestCase(""), TestCase("a\0b")]
    public void An_identity_that_cant_be_sent_is_refused(string identity)
    {
        Assert.That(() => new DtlsPsk(identity, AliceKey), Throws.ArgumentException.With.Message.Contains("1 to 128 bytes"));
        Assert.That(() => Server(hint: identity), Throws.ArgumentException.With.Message.Contains("PskIdentityHint"));
    }

    [Test]
    public void An_identity_that_is_too_long_is_refused() => Assert.That(() => new DtlsPsk(new string('ä', 65), AliceKey), Throws.ArgumentException.With.Message.Contains("130 bytes"));

    private static void AssertFails(
        DtlsContext client, DtlsContext server, DtlsAlert alert, DtlsSide senderForServer, Exception? innerOfClient, Exception? innerOfServer)
    {
        using DtlsPair pair = new(client, server);
        (Exception? clientFailure, Exception? serverFailure) = pair.HandshakeFailures();
        DtlsSide senderForClient = senderForServer == DtlsSide.Local ? DtlsSide.Remote : DtlsSide.Local;
        AssertAlert(clientFailure, alert, senderForClient, innerOfClient);
        AssertAlert(serverFailure, alert, senderForServer, innerOfServer);
    }

    private static void AssertAlert(Exception? failure, DtlsAlert alert, DtlsSide sender, Exception? inner)
    {
        Assert.That(failure, Is.TypeOf<DtlsProtocolException>());
        var protocol = (DtlsProtocolException)failure!;
        Assert.That(protocol.Alert, Is.EqualTo(alert), protocol.Message);
        Assert.That(protocol.AlertSender, Is.EqualTo(sender), protocol.Message);
        Assert.That(protocol.InnerException, Is.SameAs(inner));
    }
}
