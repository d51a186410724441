using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>The ways in which associations, contexts and sessions come to their end. Each gives back all that it has made.</summary>
internal static class NativePaths
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);
    private static readonly DtlsConnectionOptions Quick = new() { RetransmissionTimeout = Soon, ServerName = TestPki.ServerName }; // an alert is believed after the first wait
    private static readonly DtlsConnectionOptions QuickServer = new() { RetransmissionTimeout = Soon };
    private static readonly byte[] Refusal = Records.Make(DtlsRecord.Alert, 0, 0, [2, (byte)DtlsAlert.HandshakeFailure]);
    private static readonly IOException LinkDown = new("The link is down.");

    internal static readonly NativePath[] All =
    [
        new("closed in order", false, () => Live(new DtlsPair(recording: false))),
        new("closed after a cookie exchange", false, () => Live(ShapedPair.Make(HandshakeShape.Cookie))),
        new("closed after a PSK handshake", false, () => Live(ShapedPair.Make(HandshakeShape.Psk))),
        new("resumed from the server's cache", false, () => Resume(null)),
        new("resumed by a ticket", false, () => Resume(new DtlsTicketOptions())),
        new("never begun", true, () => new DtlsPair(recording: false).Dispose()),
        new("timed out at once", true, () => End<TimeoutException>(TimeSpan.Zero, null)),
        new("timed out in the middle", false, () => End<TimeoutException>(Soon, link => link.ToServer.Interceptor = First((datagram, deliver) => deliver(datagram)))),
        new("an alert from the peer", false, () => End<DtlsProtocolException>(Soon, link => link.ToServer.Interceptor = (_, _, _) => link.ToClient.Deliver(Refusal))),
        new("the transport completed", true, () => End<DtlsClosedException>(Limits.Watchdog, link => link.ToServer.Interceptor = (_, _, _) => link.Client.Complete())),
        new("the transport failed", true, () => End<DtlsException>(Limits.Watchdog, link => link.ToServer.Interceptor = (_, _, _) => throw LinkDown)),
        new("the transport failed later", false, FailLater),
        new("cancelled", true, Cancel),
        new("the server's certificate refused", false, () => Refuse(null, Stranger(TestPki.ServerOfOtherCa))),
        new("the client's certificate refused", false, () => Refuse(Stranger(TestPki.ClientOfOtherCa), null)),
        new("no client certificate", false, () => Refuse(TestContexts.Make(null, TestPki.Ca), null)),
        new("no common cipher suite", false, () => Refuse(Suites(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256), Suites(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384))),
        new("no certificate for the name", false, () => Refuse(null, new DtlsContext(new DtlsContextOptions { SelectCredentials = _ => null, ClientCertificates = DtlsClientCertificates.None }))),
        new("two clients", false, TwoClients),
        new("PSK keys that differ", false, () => Refuse(Psk(_ => null!, 1), Psk(_ => new byte[16], 0), Soon * 5)),
        new("a PSK callback that throws", false, () => Refuse(Psk(_ => null!, 1), Psk(_ => throw LinkDown, 0))),
        new("a malformed ClientHello after the cookie", false, MalformedHello),
        new("a constructor that fails after SSL_new", false, FailedConstructor),
        new("a context that can't be made", true, FailedContext),
        new("revocation lists replaced", false, ReplaceLists),
        new("verified outside a handshake", true, VerifyAgain),
        new("a session exported and imported", false, CopySession),
    ];

    private static void Live(DtlsPair pair)
    {
        using (pair)
        {
            pair.Handshake();
            pair.AssertAlive();
            pair.Client.Close();
            Assert.That(pair.Server.Receive(new byte[10], Limits.Watchdog).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
        }
    }

    private static void Resume(DtlsTicketOptions? tickets)
    {
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = tickets is null ? Tickets.Client(certificate: TestPki.Server) : Tickets.Server(tickets);
        using DtlsPair first = DtlsPair.Established(client, server);
        using DtlsSession session = first.Client.ExportSession()!;
        Assert.That(Tickets.IsResumed(client, server, session), Is.True);
    }

    // A client alone, whose handshake ends as the link makes it.
    private static void End<T>(TimeSpan deadline, Action<MemoryLink>? spoil)
        where T : Exception
    {
        using DtlsPair pair = new(recording: false);
        spoil?.Invoke(pair.Link);
        Assert.That(() => pair.Client.Handshake(deadline), Throws.InstanceOf<T>());
        Assert.That(() => pair.Server.Handshake(TimeSpan.Zero), Throws.InstanceOf<TimeoutException>());
    }

    private static Interceptor First(DatagramAction action) => (number, datagram, deliver) =>
    {
        if (number == 1)
        {
            action(datagram, deliver);
        }
    };

    private static void FailLater()
    {
        using DtlsPair pair = DtlsPair.Established(recording: false);
        pair.Link.ToServer.Interceptor = (_, _, _) => throw LinkDown;
        Assert.That(() => pair.Client.Send([1]), Throws.InstanceOf<DtlsException>());
    }

    private static void Cancel()
    {
        using CancellationTokenSource source = new();
        using DtlsPair pair = new(recording: false);
        pair.Link.ToServer.Interceptor = (_, _, _) => source.Cancel();
        Assert.That(() => pair.Client.Handshake(Limits.Watchdog, source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    private static void Refuse(DtlsContext? client, DtlsContext? server, TimeSpan? deadline = null)
    {
        using (client)
        using (server)
        {
            using DtlsPair pair = new(client, server, recording: false, clientOptions: Quick, serverOptions: QuickServer);
            BlockingThread serving = BlockingThread.Start("server", () => pair.Server.Handshake(deadline ?? Limits.Watchdog));
            Assert.That(() => pair.Client.Handshake(deadline ?? Limits.Watchdog), Throws.InstanceOf<DtlsException>().Or.InstanceOf<TimeoutException>());
            Assert.That(serving.TryJoin(Limits.Watchdog), Is.True);
            Assert.That(serving.Exception, Is.InstanceOf<DtlsException>().Or.InstanceOf<TimeoutException>());
        }
    }

    private static void TwoClients()
    {
        using MemoryLink link = new();
        using DtlsConnection first = new(TestContexts.Client, link.Client, DtlsRole.Client, Quick);
        using DtlsConnection second = new(TestContexts.Client, link.Server, DtlsRole.Client, Quick);
        BlockingThread other = BlockingThread.Start("the other client", () => second.Handshake(Limits.Watchdog));
        Assert.That(() => first.Handshake(Limits.Watchdog), Throws.InstanceOf<DtlsProtocolException>());
        Assert.That(other.TryJoin(Limits.Watchdog), Is.True);
    }

    private static void MalformedHello()
    {
        using MemoryLink link = new();
        using DtlsConnection server = new(TestContexts.Server, link.Server, DtlsRole.Server, new DtlsConnectionOptions { CookieVerified = true });
        link.ToServer.Deliver(Records.Make(DtlsRecord.Handshake, 0, 1, [1, 0, 0, 20, 0, 1, 0, 0, 0, 0, 0, 20, .. new byte[20]]));
        Assert.That(() => server.Handshake(Soon), Throws.InstanceOf<DtlsException>().Or.InstanceOf<TimeoutException>());
    }

    private static void FailedConstructor()
    {
        using MemoryLink link = new();
        using DtlsContext context = Tickets.Client();
        using DtlsPair pair = DtlsPair.Established(context, TestContexts.Server, recording: false);
        DtlsConnectionOptions other = new() { Session = Session() };
        Assert.That(() => new DtlsConnection(TestContexts.Client, link.Client, DtlsRole.Client, other), Throws.ArgumentException, "no resumption");
        other.Session.Dispose();
        Assert.That(() => new DtlsConnection(context, link.Client, DtlsRole.Client, other), Throws.InstanceOf<ObjectDisposedException>());
    }

    private static DtlsSession Session()
    {
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = Tickets.Server(new DtlsTicketOptions());
        return Tickets.Session(client, server);
    }

    private static void FailedContext()
    {
        Assert.That(() => new DtlsContext(new DtlsContextOptions { CipherSuites = [TlsCipherSuite.TLS_NULL_WITH_NULL_NULL] }), Throws.InstanceOf<ArgumentException>());
        using X509Certificate2 keyless = X509CertificateLoader.LoadCertificate(TestPki.Server.RawData);
        Assert.That(() => DtlsCredentials.FromCertificate(keyless), Throws.Exception);
    }

    private static void ReplaceLists()
    {
        using DtlsContext client = new(new DtlsContextOptions { TrustAnchors = [TestPki.Ca], RevocationLists = [RevocationLists.Make(1)] });
        Live(new DtlsPair(client, TestContexts.OpenServer, recording: false));
        client.UpdateRevocationLists([RevocationLists.Make(2, TestPki.Server)]);
        using DtlsPair revoked = new(client, TestContexts.OpenServer, recording: false, clientOptions: Quick, serverOptions: QuickServer);
        (Exception? failure, _) = revoked.HandshakeFailures();
        Assert.That(failure, Is.InstanceOf<DtlsCertificateException>());
        Assert.That(client.UpdateRevocationLists([RevocationLists.Make(1)]), Is.Zero);
    }

    private static void VerifyAgain()
    {
        Assert.That(TestContexts.Client.Verify(TestPki.Server, DtlsRole.Client, TestPki.Intermediate.Certificate).IsValid, Is.True);
        Assert.That(TestContexts.Client.Verify(TestPki.ServerOfOtherCa, DtlsRole.Client).IsValid, Is.False);
    }

    private static void CopySession()
    {
        using DtlsSession session = Session();
        using DtlsSession copy = DtlsSession.Import(session.Export());
        byte[] damaged = copy.Export();
        damaged[^1] ^= 1;
        Assert.That(() => DtlsSession.Import(damaged), Throws.ArgumentException);
    }

    private static DtlsContext Stranger(X509Certificate2 certificate) => TestContexts.Make(certificate, TestPki.Ca);

    private static DtlsContext Suites(TlsCipherSuite suite)
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        return new DtlsContext(new DtlsContextOptions { Credentials = credentials, TrustAnchors = [TestPki.Ca], ClientCertificates = DtlsClientCertificates.None, CipherSuites = [suite] });
    }

    private static DtlsContext Psk(DtlsServerPskCallback server, byte key) =>
        new(new DtlsContextOptions { ClientPsk = _ => new DtlsPsk("alice", [.. Enumerable.Repeat(key, 16)]), ServerPsk = server });

    private delegate void DatagramAction(ReadOnlySpan<byte> datagram, DatagramSender deliver);
}
