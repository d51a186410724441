using System.Collections.Concurrent;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

public sealed class UntakenPeerTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(60)]
    public void A_replaced_peer_that_nobody_accepted_is_told_at_the_endpoints_end()
    {
        var ended = new ConcurrentBag<DtlsPeer>();
        DtlsEndpoint server = TestEndpoints.Accepting(ended: ended.Add);
        using var client = new RawClient(server.LocalEndPoint);
        client.Connect();
        Eventually.Equal(0, () => server.Statistics.WorkerThreads, Limit, "the threads, once the peer is queued");
        client.Connect();
        Eventually.Equal(0, () => server.Statistics.WorkerThreads, Limit, "the threads, once its successor is queued");

        server.Dispose();

        Assert.That(ended.Select(peer => peer.End), Is.EquivalentTo(new[] { DtlsPeerEnd.Replaced, DtlsPeerEnd.EndpointClosed }));
    }
}
