using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>What a ClientHello from the address that is being called may not bring about.</summary>
public sealed class ReviewCrossingTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    /// <summary>Who is called can answer with a ClientHello of its own. That must not spare it the proof that the caller has asked for.</summary>
    [Test, Watchdog(60)]
    public void Who_yields_still_demands_the_certificate_that_it_called_for([Values] bool anonymous)
    {
        using var caller = new DtlsEndpoint(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ServerContext = anonymous ? TestContexts.OpenServer : TestContexts.Server,
            ClientContext = TestContexts.Client,
            MaxParkedThreads = 0,
        });
        using var called = new RawClient(caller.LocalEndPoint);
        BlockingThread connect = Call(caller, called, TestPki.ServerName);

        called.TryHandshake(anonymous ? TestContexts.AnonymousClient : TestContexts.Client, (_, datagram) => datagram, Limit);

        Assert.That(() => connect.Join(Limit), Throws.InstanceOf<DtlsCertificateException>());
        DtlsEndpointStatistics statistics = caller.Statistics;
        Assert.That((statistics.CrossedHellos, statistics.Accepted, statistics.AcceptingHandshakes, statistics.Peers), Is.EqualTo((1, 0, 0, 0)));
    }

    /// <summary>The server's side may know the key of whoever is called; the caller demanded a certificate.</summary>
    [Test, Watchdog(60)]
    public void Who_yields_takes_no_pre_shared_key_for_the_certificate_that_it_called_for()
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        using var server = new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials, ClientCertificates = DtlsClientCertificates.None, ServerPsk = _ => new byte[32],
        });
        using var psk = new DtlsContext(new DtlsContextOptions { ClientPsk = _ => new DtlsPsk("called", new byte[32]) });
        using DtlsEndpoint caller = Caller(server);
        using var called = new RawClient(caller.LocalEndPoint);
        called.Connect(psk).Close();
        using (DtlsPeer accepted = caller.Accept())
        {
            Assert.That(accepted.Negotiated!.PskIdentity, Is.EqualTo("called"), "the key is good where no certificate is demanded");
            AwaitClose(accepted);
        }

        called.Vanish();
        BlockingThread connect = Call(caller, called, TestPki.ServerName);
        called.TryHandshake(psk, (_, datagram) => datagram, Limit);

        Assert.That(() => connect.Join(Limit), Throws.InstanceOf<DtlsException>());
        Assert.That((caller.Statistics.CrossedHellos, caller.Statistics.Accepted), Is.EqualTo((1, 1)));
    }

    /// <summary>A session of the server's cache was verified by the server's rules, which ask for nothing here.</summary>
    [Test, Watchdog(60)]
    public void Who_yields_takes_no_session_for_the_certificate_that_it_called_for()
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        var resumption = new DtlsResumptionOptions { Scope = "test" };
        using var server = new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials, ClientCertificates = DtlsClientCertificates.None, Resumption = resumption,
        });
        using var anonymous = new DtlsContext(new DtlsContextOptions { TrustAnchors = [TestPki.Ca], Resumption = resumption });
        using DtlsEndpoint caller = Caller(server);
        using var called = new RawClient(caller.LocalEndPoint);
        DtlsConnection first = called.Connect(anonymous);
        using DtlsSession session = first.ExportSession()!;
        first.Close();
        AcceptUntilClosed(caller);
        using (DtlsConnection second = called.Begin(anonymous, session: session))
        {
            second.Handshake(Limit);
            Assert.That(second.Negotiated!.WasResumed, Is.True, "the session is good where no certificate is demanded");
        }

        AcceptUntilClosed(caller);
        called.Vanish();
        BlockingThread connect = Call(caller, called, TestPki.ServerName);
        called.TryHandshake(anonymous, (_, datagram) => datagram, Limit, session: session);

        Assert.That(() => connect.Join(Limit), Throws.InstanceOf<DtlsCertificateException>());
        Assert.That((caller.Statistics.CrossedHellos, caller.Statistics.Accepted), Is.EqualTo((1, 2)));
    }

    [Test, Watchdog(60)]
    public void Who_yields_takes_the_certificate_that_it_called_for()
    {
        using DtlsEndpoint caller = TestEndpoints.Node();
        using var called = new RawClient(caller.LocalEndPoint);
        BlockingThread connect = Call(caller, called, "127.0.0.1");

        called.Connect(TestContexts.Node);

        connect.Join(Limit);
        Assert.That((caller.Statistics.CrossedHellos, caller.Statistics.Accepted), Is.EqualTo((1, 1)));
    }

    [Test, Watchdog(60)]
    public void Who_does_not_accept_ignores_a_ClientHello_while_it_connects()
    {
        using DtlsEndpoint caller = TestEndpoints.Client(handshakeTimeout: TestEndpoints.ShortHandshake);
        using var called = new RawClient(caller.LocalEndPoint);
        BlockingThread connect = Call(caller, called, serverName: null);

        called.SendRaw(new HelloBuilder().Build());

        Assert.That(() => connect.Join(Limit), Throws.InstanceOf<TimeoutException>(), "still waiting for an answer, up to its deadline");
    }

    private static DtlsEndpoint Caller(DtlsContext server) => new(new DtlsEndpointOptions
    {
        LocalEndPoint = TestEndpoints.Loopback, ServerContext = server, ClientContext = TestContexts.Client, MaxParkedThreads = 0,
    });

    private static void AcceptUntilClosed(DtlsEndpoint caller)
    {
        using DtlsPeer accepted = caller.Accept();
        AwaitClose(accepted);
    }

    /// <summary>A close_notify that came later would be taken for the answer to the call that follows, and who has had an answer does not always yield.</summary>
    private static void AwaitClose(DtlsPeer peer) => Assert.That(peer.Receive(new byte[64], Limit).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));

    private static BlockingThread Call(DtlsEndpoint caller, RawClient called, string? serverName)
    {
        BlockingThread connect = BlockingThread.Start("connect", () =>
        {
            using DtlsPeer peer = caller.Connect(called.LocalEndPoint, new DtlsConnectOptions { ServerName = serverName });
        });
        byte[]? datagram = called.ReceiveRaw(Limit);
        while (datagram is not null && !ClientHello.Begins(datagram))
        {
            datagram = called.ReceiveRaw(Limit); // a late word of an earlier association
        }

        Assert.That(datagram, Is.Not.Null, "the caller's ClientHello");
        return connect;
    }
}
