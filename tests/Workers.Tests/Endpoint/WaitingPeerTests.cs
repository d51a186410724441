using System.Collections.Concurrent;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Peers that are established and wait for somebody to accept them.</summary>
public sealed class WaitingPeerTests
{
    private const byte ChangeCipherSpec = 20; // what the server's last flight begins with
    private const byte HandshakeRecord = 22;

    private static readonly TimeSpan Limit = TestEndpoints.Limit;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    /// <summary>The client repeats its flight until it is answered, and only libssl can answer: with its own last flight, once more.</summary>
    [Test, Watchdog(90)]
    public void A_client_that_lost_the_last_flight_is_answered_though_nobody_has_accepted_it([Values(1, 3)] int losses)
    {
        using DtlsEndpoint server = TestEndpoints.Accepting();
        int lost = 0;
        using var relay = new LossyRelay(server.LocalEndPoint, datagram => datagram[0] == ChangeCipherSpec && ++lost <= losses);
        using DtlsEndpoint client = QuickClient();

        using DtlsPeer peer = client.Connect(relay.LocalEndPoint);

        Assert.That((lost, peer.IsEstablished), Is.EqualTo((losses + 1, true)), "the last one has come through");
        Eventually.Equal(0, () => server.Statistics.WorkerThreads, Limit, "the threads: whoever looked after the peer has gone");
        using DtlsPeer accepted = server.Accept();
        BlockingThread echo = BlockingThread.Start("echo", () => Sessions.Echo(accepted));
        EchoClient.Of(peer).RoundTrips(5);
        peer.Close();
        echo.Join(Limit);
    }

    [Test, Watchdog(60)]
    public void Payloads_that_came_before_it_was_accepted_stay_whole_and_in_order()
    {
        using DtlsEndpoint server = TestEndpoints.Accepting();
        using var relay = new LossyRelay(server.LocalEndPoint, _ => false);
        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsPeer peer = client.Connect(relay.LocalEndPoint);
        Eventually.Equal(0, () => server.Statistics.WorkerThreads, Limit, "the threads, once the peer is queued");
        byte[] repeated = [HandshakeRecord, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 9, 0, 4, 20, 0, 0, 12];
        for (byte i = 1; i <= 3; i++)
        {
            long before = server.Statistics.DatagramsReceived;
            peer.Send(new byte[] { i, i, i }.AsSpan(0, i));
            Eventually.Equal(before + 1, () => server.Statistics.DatagramsReceived, Limit, "the payload has come");
            relay.Forge(repeated); // lets a worker look
            Eventually.Equal(before + 2, () => server.Statistics.DatagramsReceived, Limit, "the forged record has come");
            Eventually.Equal(0, () => server.Statistics.WorkerThreads, Limit, "the threads: whoever looked after the peer has gone");
        }

        using DtlsPeer accepted = server.Accept();
        byte[] buffer = new byte[10];
        for (byte i = 1; i <= 3; i++)
        {
            DtlsReceiveResult result = accepted.Receive(buffer, Limit);
            Assert.That((result.Length, buffer[0]), Is.EqualTo((i, i)));
        }

        Assert.That(accepted.Receive(buffer, TimeSpan.Zero).Status, Is.EqualTo(DtlsReceiveStatus.TimedOut));
    }

    /// <summary>Whoever accepts may receive at the very moment at which a worker looks after the peer.</summary>
    [Test, Watchdog(120)]
    public void No_payload_is_missed_by_who_accepts_while_a_flight_is_repeated()
    {
        byte[] repeated = [HandshakeRecord, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 9, 0, 4, 20, 0, 0, 12];
        using DtlsEndpoint server = TestEndpoints.Accepting();
        using DtlsEndpoint client = TestEndpoints.Client();
        for (int round = 0; round < 100; round++)
        {
            using var relay = new LossyRelay(server.LocalEndPoint, _ => false);
            using DtlsPeer peer = client.Connect(relay.LocalEndPoint);
            relay.Forge(repeated);
            peer.Send([1]);
            relay.Forge(repeated);
            using DtlsPeer accepted = server.Accept();
            Assert.That(accepted.Receive(new byte[10], Limit).Length, Is.EqualTo(1), $"round {round}");
        }
    }

    [Test, Watchdog(60)]
    public void A_peer_that_idles_out_gives_its_place_in_the_backlog_up()
    {
        using var ended = new BlockingCollection<DtlsPeer>();
        using DtlsEndpoint server = Server(ended, Idle);
        using var first = new RawClient(server.LocalEndPoint);
        first.Connect();
        first.Vanish();
        Assert.That(ended.TryTake(out DtlsPeer? silent, Limit), Is.True, "the end is told");
        Assert.That(silent!.End, Is.EqualTo(DtlsPeerEnd.IdleTimedOut));

        using DtlsEndpoint second = TestEndpoints.Client();
        using DtlsPeer peer = second.Connect(server.LocalEndPoint);
        using DtlsPeer accepted = server.Accept();

        Assert.That((accepted.RemoteEndPoint, accepted.IsEstablished), Is.EqualTo((second.LocalEndPoint, true)));
        Assert.That(() => silent.Receive(new byte[10]), Throws.InstanceOf<ObjectDisposedException>(), "nobody has the other one, so it has been freed");
    }

    [Test, Watchdog(60)]
    public void A_peer_that_is_replaced_gives_its_place_in_the_backlog_to_its_successor()
    {
        using var ended = new BlockingCollection<DtlsPeer>();
        using DtlsEndpoint server = Server(ended, Timeout.InfiniteTimeSpan);
        using var client = new RawClient(server.LocalEndPoint);
        client.Connect();
        Eventually.Equal(0, () => server.Statistics.WorkerThreads, Limit, "the threads, once the peer is queued");

        DtlsConnection anew = client.Connect();

        Assert.That(ended.TryTake(out DtlsPeer? replaced, Limit), Is.True, "the end is told");
        Assert.That(replaced!.End, Is.EqualTo(DtlsPeerEnd.Replaced));
        using DtlsPeer accepted = server.Accept();
        anew.Send([1]);
        Assert.That(accepted.Receive(new byte[10], Limit).Length, Is.EqualTo(1));
        Assert.That(server.TryAccept(TimeSpan.Zero), Is.Null);
    }

    private static DtlsEndpoint Server(BlockingCollection<DtlsPeer> ended, TimeSpan idle) => new(new DtlsEndpointOptions
    {
        LocalEndPoint = TestEndpoints.Loopback,
        ServerContext = TestContexts.Server,
        AcceptBacklog = 1,
        PeerEnded = ended.Add,
        IdleTimeout = idle,
        MaxParkedThreads = 0,
    });

    private static DtlsEndpoint QuickClient() => new(new DtlsEndpointOptions
    {
        LocalEndPoint = TestEndpoints.Loopback,
        ClientContext = TestContexts.Client,
        RetransmissionTimeout = TimeSpan.FromMilliseconds(200),
        HandshakeTimeout = TimeSpan.FromSeconds(15),
    });
}
