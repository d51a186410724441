using System.Diagnostics;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

public sealed class CrossingDeadlineTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    /// <summary>Whoever is called answers late with a ClientHello of its own, and then falls silent: the caller yields, and its time goes on.</summary>
    [Test, Watchdog(60)]
    public void Who_yields_has_no_more_time_than_it_was_given()
    {
        TimeSpan timeout = TimeSpan.FromSeconds(4);
        using var caller = new DtlsEndpoint(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ServerContext = TestContexts.Node,
            ClientContext = TestContexts.Node,
            RetransmissionTimeout = TimeSpan.FromSeconds(3),
            HandshakeTimeout = timeout,
            MaxParkedThreads = 0,
        });
        using var called = new RawClient(caller.LocalEndPoint);
        long start = Stopwatch.GetTimestamp();
        BlockingThread connect = BlockingThread.Start("connect", () => caller.Connect(called.LocalEndPoint).Dispose());
        Assert.That(called.ReceiveRaw(Limit), Is.Not.Null, "the ClientHello");
        Assert.That(called.ReceiveRaw(Limit), Is.Not.Null, "its repetition, after three seconds");

        called.TryHandshake(TestContexts.Node, (number, datagram) => number < 2 ? datagram : null, TimeSpan.FromSeconds(1)); // two ClientHellos, the second with the cookie

        Assert.That(() => connect.Join(Limit), Throws.InstanceOf<TimeoutException>().With.Message.Contains("within 4 s"));
        Assert.That(Stopwatch.GetElapsedTime(start), Is.InRange(timeout, TimeSpan.FromSeconds(6)), "twice three seconds and more with a deadline for each attempt");
        Assert.That(caller.Statistics.CrossedHellos, Is.EqualTo(1));
    }
}
