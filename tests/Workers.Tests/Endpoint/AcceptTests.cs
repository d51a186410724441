using System.Collections.Concurrent;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

public sealed class AcceptTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(60)]
    public void Accept_returns_a_verified_peer_that_the_caller_uses_on_its_own_thread()
    {
        using DtlsEndpoint server = TestEndpoints.Accepting();
        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsPeer outgoing = client.Connect(server.LocalEndPoint);

        using DtlsPeer accepted = server.Accept();
        outgoing.Send("question"u8);
        byte[] buffer = new byte[100];
        DtlsReceiveResult question = accepted.Receive(buffer, Limit);
        accepted.Send(buffer.AsSpan(0, question.Length));
        DtlsReceiveResult answer = outgoing.Receive(buffer, Limit);

        Assert.That(buffer[..answer.Length], Is.EqualTo("question"u8.ToArray()));
        Assert.That(accepted.RemoteEndPoint, Is.EqualTo(client.LocalEndPoint));
        Assert.That((accepted.Role, accepted.IsOutgoing, accepted.IsEstablished), Is.EqualTo((DtlsRole.Server, false, true)));
        Assert.That((outgoing.Role, outgoing.IsOutgoing, outgoing.IsEstablished), Is.EqualTo((DtlsRole.Client, true, true)));
        Assert.That(accepted.Negotiated!.PeerCertificate!.Subject, Is.EqualTo(TestPki.Client.Subject));
        Assert.That(accepted.Negotiated.Version, Is.EqualTo(DtlsVersion.Dtls12));
        Assert.That(accepted.Statistics.PayloadsReceived, Is.EqualTo(1));
        Eventually.Equal(0, () => server.Statistics.WorkerThreads, Limit, "the threads, once the handshake's has gone");
    }

    [Test, Watchdog(60)]
    public void TryAccept_polls_and_waits_no_longer_than_told()
    {
        using DtlsEndpoint server = TestEndpoints.Accepting();

        Assert.That(server.TryAccept(TimeSpan.Zero), Is.Null);
        Assert.That(server.TryAccept(TimeSpan.FromMilliseconds(30)), Is.Null);
        Assert.That(() => server.TryAccept(TimeSpan.FromSeconds(-2)), Throws.InstanceOf<ArgumentOutOfRangeException>());

        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsPeer outgoing = client.Connect(server.LocalEndPoint);
        DtlsPeer? accepted = null;
        Eventually.True(() => (accepted = server.TryAccept(TimeSpan.Zero)) is not null, Limit, "a poll takes the peer");
        accepted!.Dispose();
    }

    [Test, Watchdog(60)]
    public void Accept_ends_when_cancelled_and_the_endpoint_is_as_it_was()
    {
        using DtlsEndpoint server = TestEndpoints.Accepting();
        using var cancellation = new CancellationTokenSource();
        BlockingThread waiter = BlockingThread.Start("acceptor", () => server.Accept(cancellation.Token));
        waiter.WaitUntilBlocked(Limit);

        cancellation.Cancel();

        Assert.That(() => waiter.Join(Limit), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => server.Accept(cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsPeer outgoing = client.Connect(server.LocalEndPoint);
        server.Accept().Dispose();
    }

    [Test, Watchdog(60)]
    public void Accept_ends_when_the_endpoint_is_disposed()
    {
        DtlsEndpoint server = TestEndpoints.Accepting();
        BlockingThread[] waiters = [.. Enumerable.Range(0, 3).Select(i => BlockingThread.Start($"acceptor {i}", () => server.Accept()))];
        foreach (BlockingThread waiter in waiters)
        {
            waiter.WaitUntilBlocked(Limit);
        }

        server.Dispose();

        foreach (BlockingThread waiter in waiters)
        {
            Assert.That(() => waiter.Join(Limit), Throws.InstanceOf<ObjectDisposedException>());
        }

        Assert.That(() => server.TryAccept(TimeSpan.Zero), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test, Watchdog(60)]
    public void Each_peer_goes_to_one_of_many_acceptors()
    {
        using DtlsEndpoint server = TestEndpoints.Accepting();
        using DisposableList<DtlsEndpoint> clients = new(8, () => TestEndpoints.Client());
        var taken = new ConcurrentBag<System.Net.IPEndPoint>();
        BlockingThread[] acceptors = [.. clients.Select((_, i) => BlockingThread.Start($"acceptor {i}", () =>
        {
            using DtlsPeer peer = server.Accept();
            taken.Add(peer.RemoteEndPoint);
        }))];

        foreach (DtlsEndpoint client in clients)
        {
            client.Connect(server.LocalEndPoint).Dispose();
        }

        BlockingThread.JoinAll(Limit, acceptors);
        Assert.That(taken, Is.EquivalentTo(clients.Select(client => client.LocalEndPoint)));
    }

    [Test, Watchdog(60)]
    public void A_peer_that_finds_the_backlog_full_is_closed_and_told_as_NotAccepted()
    {
        using var ended = new BlockingCollection<DtlsPeer>();
        using DtlsEndpoint server = TestEndpoints.Accepting(backlog: 1, ended.Add);
        using DtlsEndpoint first = TestEndpoints.Client();
        using DtlsEndpoint second = TestEndpoints.Client();
        using DtlsPeer queued = first.Connect(server.LocalEndPoint);
        Eventually.Equal(0, () => server.Statistics.WorkerThreads, Limit, "the threads, once the first peer is queued");

        using DtlsPeer refused = second.Connect(server.LocalEndPoint);

        Assert.That(refused.Receive(new byte[100], Limit).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
        Assert.That(ended.TryTake(out DtlsPeer? told, Limit), Is.True);
        Assert.That((told!.End, told.RemoteEndPoint), Is.EqualTo((DtlsPeerEnd.NotAccepted, second.LocalEndPoint)));
        using DtlsPeer accepted = server.Accept();
        Assert.That(accepted.RemoteEndPoint, Is.EqualTo(first.LocalEndPoint), "the one that was queued is still there");
    }
}
