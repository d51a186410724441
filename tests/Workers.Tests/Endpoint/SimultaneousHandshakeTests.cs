using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

public sealed class SimultaneousHandshakeTests
{
    private const int Clients = 200;

    /// <summary>The bug that this library exists for: a DTLS library that reads the shared socket itself takes other peers' datagrams for its own.</summary>
    [Test, Watchdog(180)]
    public void Two_hundred_clients_that_handshake_at_once_never_get_each_others_datagrams()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using var start = new Barrier(Clients);
        BlockingThread[] threads = [.. Enumerable.Range(0, Clients).Select(tag => BlockingThread.Start($"client {tag}", () => RunClient(server, start, tag)))];

        BlockingThread.JoinAll(TimeSpan.FromSeconds(150), threads);

        DtlsEndpointStatistics statistics = server.Statistics;
        Assert.That(statistics.Accepted, Is.EqualTo(Clients));
        Assert.That(statistics.HandshakesFailed, Is.Zero);
        Eventually.Equal(0, () => server.Statistics.Peers, TestEndpoints.Limit, "the number of peers");
    }

    private static void RunClient(DtlsEndpoint server, Barrier start, int tag)
    {
        using DtlsEndpoint endpoint = TestEndpoints.Client();
        start.SignalAndWait(TestEndpoints.Limit);
        using DtlsPeer peer = endpoint.Connect(server.LocalEndPoint);
        EchoClient.Of(peer, tag).RoundTrips(20);
    }
}
