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

    private static BlockingThread Call(DtlsEndpoint caller, RawClient called, string? serverName)
    {
        BlockingThread connect = BlockingThread.Start("connect", () =>
        {
            using DtlsPeer peer = caller.Connect(called.LocalEndPoint, new DtlsConnectOptions { ServerName = serverName });
        });
        Assert.That(called.ReceiveRaw(Limit), Is.Not.Null, "the caller's ClientHello");
        return connect;
    }
}
