using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

public sealed class SlowPeerTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(120)]
    public void A_peer_that_never_receives_costs_no_other_peer_a_datagram()
    {
        using var release = new ManualResetEventSlim();
        DtlsPeer? stuck = null;
        using DtlsEndpoint server = new(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ServerContext = TestContexts.Server,
            FifoCapacity = 16,
            Session = peer =>
            {
                if (Interlocked.CompareExchange(ref stuck, peer, null) is null)
                {
                    release.Wait(Limit * 3);
                    return;
                }

                Sessions.Echo(peer);
            },
        });
        using DtlsEndpoint one = TestEndpoints.Client();
        using DtlsEndpoint other = TestEndpoints.Client();
        using DtlsPeer flooding = one.Connect(server.LocalEndPoint);
        Eventually.True(() => Volatile.Read(ref stuck) is not null, Limit, "the first peer's session runs");
        using DtlsPeer asking = other.Connect(server.LocalEndPoint);

        // The flood goes in bursts between the requests, so that none of it is lost to the socket's own buffer.
        EchoClient echo = EchoClient.Of(asking);
        byte[] payload = new byte[1_000];
        for (int i = 0; i < 2_000; i++)
        {
            flooding.Send(payload);
            flooding.Send(payload);
            echo.RoundTrip();
        }

        Assert.That(echo.Repeated, Is.Zero, "every request had its answer at once");
        FifoTransportStatistics fifo = stuck!.FifoStatistics;
        Assert.That(fifo.Queued, Is.EqualTo(16));
        Assert.That(fifo.DroppedFull, Is.EqualTo(4_000 - 16));
        Assert.That(server.Statistics.FifoDrops, Is.EqualTo(fifo.DroppedFull));
        release.Set();
    }
}
