using System.Collections.Concurrent;
using System.Diagnostics;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

public sealed class ShutdownTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(60)]
    public void Dispose_ends_sessions_that_are_blocked_in_Receive_and_tells_their_peers()
    {
        const int peers = 20;
        using var receiving = new CountdownEvent(peers);
        var results = new ConcurrentBag<DtlsReceiveStatus>();
        var ended = new ConcurrentBag<DtlsPeer>();
        DtlsEndpoint server = new(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ServerContext = TestContexts.Server,
            PeerEnded = ended.Add,
            Session = peer =>
            {
                receiving.Signal();
                results.Add(peer.Receive(new byte[100]).Status);
            },
        });
        using DisposableList<DtlsEndpoint> clients = new(peers, () => TestEndpoints.Client());
        using var outgoing = new DisposableList<DtlsPeer>(0, null!);
        clients.ForEach(client => outgoing.Add(client.Connect(server.LocalEndPoint)));
        Assert.That(receiving.Wait(Limit), Is.True);

        long start = Stopwatch.GetTimestamp();
        server.Dispose();

        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(5)));
        Assert.That(results, Has.Count.EqualTo(peers).And.All.EqualTo(DtlsReceiveStatus.ClosedLocally));
        Assert.That(ended.Distinct().Count(), Is.EqualTo(peers));
        Assert.That(ended, Has.Count.EqualTo(peers));
        Assert.That(ended.Select(peer => peer.End), Is.All.EqualTo(DtlsPeerEnd.EndpointClosed));
        Assert.That(outgoing.Select(peer => peer.Receive(new byte[100], Limit).Status), Is.All.EqualTo(DtlsReceiveStatus.ClosedByPeer));
        Assert.That((server.Statistics.Peers, server.Statistics.WorkerThreads), Is.EqualTo((0, 0)));
        server.Dispose();
    }

    [Test, Watchdog(60)]
    public void Dispose_ends_accepted_and_connected_peers_whoever_holds_them()
    {
        DtlsEndpoint server = TestEndpoints.Accepting();
        DtlsEndpoint client = TestEndpoints.Client();
        DtlsPeer outgoing = client.Connect(server.LocalEndPoint);
        DtlsPeer accepted = server.Accept();
        BlockingThread<DtlsReceiveResult> receiver = BlockingThread.Start("receiver", () => accepted.Receive(new byte[100]));
        receiver.WaitUntilBlocked(Limit);

        server.Dispose();

        // Which of the two depends on how soon the receiver wakes; both say that this side ended it.
        receiver.TryJoin(Limit);
        Assert.That(receiver.Exception, Is.Null.Or.InstanceOf<ObjectDisposedException>());
        Assert.That(receiver.Exception is not null || receiver.Join(Limit).Status == DtlsReceiveStatus.ClosedLocally, Is.True);
        Assert.That(accepted.End, Is.EqualTo(DtlsPeerEnd.EndpointClosed));
        Assert.That(() => accepted.Send([1]), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(outgoing.Receive(new byte[100], Limit).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
        client.Dispose();
        Assert.That(outgoing.IsEstablished, Is.False);
    }

    [Test, Watchdog(60)]
    public void A_session_may_dispose_its_own_endpoint()
    {
        using var disposed = new ManualResetEventSlim();
        var ended = new ConcurrentBag<DtlsPeerEnd>();
        DtlsEndpoint? server = null;
        using DtlsEndpoint created = server = new DtlsEndpoint(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ServerContext = TestContexts.Server,
            PeerEnded = peer => ended.Add(peer.End),
            Session = _ =>
            {
                server!.Dispose();
                disposed.Set();
            },
        });
        using DtlsEndpoint client = TestEndpoints.Client();
        long start = Stopwatch.GetTimestamp();
        using DtlsPeer peer = client.Connect(server.LocalEndPoint);

        Assert.That(disposed.Wait(Limit), Is.True);
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(4)), "it does not wait for itself");
        Assert.That(peer.Receive(new byte[100], Limit).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
        Eventually.Equal(0, () => server.Statistics.WorkerThreads, Limit, "the threads");
        Assert.That(ended, Is.EqualTo(new[] { DtlsPeerEnd.EndpointClosed }));
    }

    [Test, Watchdog(60)]
    public void A_session_that_ignores_its_end_is_waited_for_no_longer_than_ShutdownTimeout()
    {
        using var running = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var log = new LogCapture();
        var ended = new ConcurrentBag<DtlsPeerEnd>();
        DtlsEndpoint server = new(
            new DtlsEndpointOptions
            {
                LocalEndPoint = TestEndpoints.Loopback,
                ServerContext = TestContexts.Server,
                ShutdownTimeout = TimeSpan.FromMilliseconds(200),
                MaxParkedThreads = 0,
                PeerEnded = peer => ended.Add(peer.End),
                Session = _ =>
                {
                    running.Set();
                    release.Wait(Limit);
                },
            },
            log);
        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsPeer peer = client.Connect(server.LocalEndPoint);
        Assert.That(running.Wait(Limit), Is.True);

        long start = Stopwatch.GetTimestamp();
        server.Dispose();

        Assert.That(Stopwatch.GetElapsedTime(start), Is.InRange(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5)));
        Assert.That(log.Of(LogCapture.SessionsStillRunning), Has.Count.EqualTo(1).And.All.Contains("1 peer threads"));
        Assert.That(ended, Is.EqualTo(new[] { DtlsPeerEnd.EndpointClosed }));
        Assert.That(peer.Receive(new byte[100], Limit).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
        release.Set();
        Eventually.Equal(0, () => server.Statistics.WorkerThreads, Limit, "the threads");
        Assert.That(ended, Has.Count.EqualTo(1), "its end is told once");
    }

    [Test, Watchdog(120)]
    public void After_fifty_endpoints_threads_and_sockets_are_back_at_the_baseline()
    {
        Eventually.Equal(0, () => ProcessState.EndpointThreads, Limit, "the threads that earlier tests left");
        int sockets = ProcessState.Sockets;
        for (int round = 0; round < 50; round++)
        {
            using DtlsEndpoint server = new(new DtlsEndpointOptions
            {
                LocalEndPoint = TestEndpoints.Loopback,
                ServerContext = TestContexts.Server,
                Session = Sessions.Echo,
            });
            using DtlsEndpoint client = TestEndpoints.Client();
            using DtlsPeer peer = client.Connect(server.LocalEndPoint);
            EchoClient.Of(peer).RoundTrip();
        }

        Eventually.Equal(0, () => ProcessState.EndpointThreads, Limit, "the number of threads");
        Eventually.Equal(sockets, () => ProcessState.Sockets, Limit, "the number of sockets");
    }

    [Test, Watchdog(120)]
    public void Dispose_without_patience_while_peers_are_being_established_is_safe()
    {
        for (int round = 0; round < 200; round++)
        {
            var ended = new ConcurrentBag<DtlsPeer>();
            using DtlsEndpoint server = new(new DtlsEndpointOptions
            {
                LocalEndPoint = TestEndpoints.Loopback,
                ServerContext = TestContexts.Server,
                ShutdownTimeout = TimeSpan.Zero,
                Session = Sessions.Echo,
                PeerEnded = ended.Add,
            });
            using DtlsEndpoint client = TestEndpoints.Client();
            using DtlsPeer peer = client.Connect(server.LocalEndPoint); // returns while the server's worker is still at it

            server.Dispose();

            Eventually.Equal(0, () => server.Statistics.WorkerThreads, Limit, "the threads");
            Assert.That(ended, Has.Count.EqualTo(1));
            Assert.That((server.Statistics.AcceptingHandshakes, server.Statistics.Peers), Is.EqualTo((0, 0)));
        }
    }
}
