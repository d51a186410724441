using System.Diagnostics;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>One meaning per outcome: each way in which a call can end has a result or an exception type of its own.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class OutcomeTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    [Test]
    public void Receive_times_out_and_the_association_is_as_it_was()
    {
        using DtlsPair pair = DtlsPair.Established();
        long start = Stopwatch.GetTimestamp();
        DtlsReceiveResult result = pair.Client.Receive(new byte[10], Short);
        Assert.That(Stopwatch.GetElapsedTime(start), Is.GreaterThanOrEqualTo(Short));
        Assert.That(result, Is.EqualTo(new DtlsReceiveResult(DtlsReceiveStatus.TimedOut, 0)));
        Assert.That(result.HasData, Is.False);
        pair.AssertAlive();
    }

    [Test]
    public void A_poll_does_not_wait()
    {
        using DtlsPair pair = DtlsPair.Established();
        byte[] buffer = new byte[10];
        Assert.That(pair.Client.Receive(buffer, TimeSpan.Zero).Status, Is.EqualTo(DtlsReceiveStatus.TimedOut));
        Assert.That(pair.Client.TryReceive(buffer, out _), Is.False);
        pair.Server.Send([1, 2]);
        Assert.That(pair.Client.TryReceive(buffer, out DtlsReceiveResult result), Is.True);
        Assert.That(result, Is.EqualTo(new DtlsReceiveResult(DtlsReceiveStatus.Data, 2)));
    }

    [Test]
    public void A_flood_of_garbage_neither_delays_a_timeout_nor_a_poll([Values(0, 200)] int milliseconds)
    {
        using MemoryLink link = new();
        FloodedTransport transport = new(link.Client);
        using DtlsConnection client = new(TestContexts.Client, transport, DtlsRole.Client);
        using DtlsConnection server = new(TestContexts.Server, link.Server, DtlsRole.Server);
        BlockingThread serving = BlockingThread.Start("server", () => server.Handshake(Limits.Watchdog));
        Watchdog.Run(Limits.Watchdog, () => client.Handshake(Limits.Watchdog), "client");
        serving.Join(Limits.Watchdog);
        transport.Flooded = true;
        DtlsReceiveResult result = Watchdog.Run(
            Limits.Watchdog, () => client.Receive(new byte[10], TimeSpan.FromMilliseconds(milliseconds)), "a Receive under a flood");
        Assert.That(result.Status, Is.EqualTo(DtlsReceiveStatus.TimedOut));
    }

    [Test]
    public void A_negative_timeout_is_refused()
    {
        using DtlsPair pair = DtlsPair.Established();
        using DtlsPair other = new();
        TimeSpan negative = TimeSpan.FromMilliseconds(-2);
        Assert.That(() => pair.Client.Receive(new byte[10], negative), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => other.Client.Handshake(negative), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(other.Client.State, Is.EqualTo(DtlsConnectionState.New), "a refused argument begins nothing");
    }

    [Test]
    public void The_peer_s_close_notify_is_told_after_what_came_before_it_and_is_answered([Values] DtlsRole closer)
    {
        using DtlsPair pair = DtlsPair.Established();
        DtlsConnection receiver = pair[closer == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client];
        LinkDirection answers = pair.Link.From(receiver.Role);
        pair[closer].Send([1, 2, 3]);
        pair[closer].Close();
        int before = answers.Count;
        byte[] buffer = new byte[10];
        Assert.That(receiver.Receive(buffer, Limits.Watchdog).Length, Is.EqualTo(3));
        Assert.That(receiver.Receive(buffer, Limits.Watchdog), Is.EqualTo(new DtlsReceiveResult(DtlsReceiveStatus.ClosedByPeer, 0)));
        Assert.That(receiver.Receive(buffer), Is.EqualTo(new DtlsReceiveResult(DtlsReceiveStatus.ClosedByPeer, 0)), "and again, without a wait");
        Assert.That(receiver.State, Is.EqualTo(DtlsConnectionState.ClosedByPeer));
        Assert.That(answers.Sent.Skip(before).Select(datagram => datagram[0]), Is.EqualTo(new[] { DtlsRecord.Alert }), "the close_notify is answered");
        Assert.That(
            () => receiver.Send([1]),
            Throws.TypeOf<DtlsClosedException>().With.Property(nameof(DtlsClosedException.ClosedBy)).EqualTo(DtlsSide.Remote));
    }

    [Test]
    public void A_local_close_ends_a_blocked_Receive_and_sends_one_close_notify()
    {
        using DtlsPair pair = DtlsPair.Established();
        int before = pair.Link.ToServer.Count;
        BlockingThread<DtlsReceiveResult> receiver = StartReceiving(pair.Client);
        pair.Client.Close();
        pair.Client.Close();
        Assert.That(receiver.Join(Limits.Watchdog), Is.EqualTo(new DtlsReceiveResult(DtlsReceiveStatus.ClosedLocally, 0)));
        Assert.That(pair.Client.Receive(new byte[1], TimeSpan.Zero).Status, Is.EqualTo(DtlsReceiveStatus.ClosedLocally));
        Assert.That(pair.Client.State, Is.EqualTo(DtlsConnectionState.ClosedLocally));
        Assert.That(pair.Link.ToServer.Sent.Skip(before).Select(datagram => datagram[0]), Is.EqualTo(new[] { DtlsRecord.Alert }));
        Assert.That(
            () => pair.Client.Send([1]),
            Throws.TypeOf<DtlsClosedException>().With.Property(nameof(DtlsClosedException.ClosedBy)).EqualTo(DtlsSide.Local));
        Assert.That(pair.Server.Receive(new byte[10], Limits.Watchdog).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
    }

    [Test]
    public void Disposal_ends_a_blocked_Receive_and_tells_the_peer()
    {
        using DtlsPair pair = DtlsPair.Established();
        BlockingThread<DtlsReceiveResult> receiver = StartReceiving(pair.Client);
        pair.Client.Dispose();
        Assert.That(() => receiver.Join(Limits.Watchdog), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => pair.Client.Receive(new byte[1], TimeSpan.Zero), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => pair.Client.Send([1]), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => pair.Client.Handshake(TimeSpan.Zero), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => { pair.Client.Close(); pair.Client.Dispose(); }, Throws.Nothing);
        Assert.That(pair.Client.Statistics.DatagramsSent, Is.Positive, "the counters outlive it");
        Assert.That(pair.Server.Receive(new byte[10], Limits.Watchdog).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
    }

    [Test]
    public void Cancellation_ends_a_blocked_Receive_and_the_association_is_as_it_was()
    {
        using DtlsPair pair = DtlsPair.Established();
        using CancellationTokenSource source = new();
        BlockingThread<DtlsReceiveResult> receiver = StartReceiving(pair.Client, source.Token);
        source.Cancel();
        Assert.That(() => receiver.Join(Limits.Watchdog), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(pair.Client.State, Is.EqualTo(DtlsConnectionState.Established));
        pair.AssertAlive();
    }

    [Test]
    public void A_transport_that_is_closed_under_the_association_is_told_as_such()
    {
        using DtlsPair pair = DtlsPair.Established();
        BlockingThread<DtlsReceiveResult> receiver = StartReceiving(pair.Client);
        pair.Link.Client.Complete();
        Assert.That(receiver.Join(Limits.Watchdog), Is.EqualTo(new DtlsReceiveResult(DtlsReceiveStatus.TransportClosed, 0)));
        Assert.That(pair.Client.Receive(new byte[1]).Status, Is.EqualTo(DtlsReceiveStatus.TransportClosed));
        Assert.That(() => pair.Client.Send([1]), Throws.Nothing, "its sending half is open");
        pair.Link.Client.Dispose();
        Assert.That(() => pair.Client.Send([1]), Throws.TypeOf<DtlsClosedException>());
    }

    [Test]
    public void A_handshake_that_nobody_answers_times_out()
    {
        using DtlsPair pair = new();
        long start = Stopwatch.GetTimestamp();
        Assert.That(() => pair.Client.Handshake(Short), Throws.TypeOf<TimeoutException>().With.Message.Contains("0.2 s"));
        Assert.That(Stopwatch.GetElapsedTime(start), Is.GreaterThanOrEqualTo(Short));
        Assert.That(pair.Client.State, Is.EqualTo(DtlsConnectionState.Failed));
    }

    [Test]
    public void An_unanswered_ClientHello_is_repeated_after_a_second_and_counted()
    {
        using DtlsPair pair = new();
        Assert.That(() => pair.Client.Handshake(TimeSpan.FromSeconds(1.6)), Throws.TypeOf<TimeoutException>());
        Assert.That(pair.Link.ToServer.Count, Is.EqualTo(2));
        Assert.That(pair.Client.Statistics.Retransmissions, Is.EqualTo(1));
    }

    [Test]
    public void A_flood_of_garbage_delays_neither_a_retransmission_nor_the_handshake_s_deadline()
    {
        using MemoryLink link = new();
        using DtlsConnection client = new(TestContexts.Client, new FloodedTransport(link.Client) { Flooded = true }, DtlsRole.Client);
        Watchdog.Run(
            Limits.Watchdog,
            () => Assert.That(() => client.Handshake(TimeSpan.FromSeconds(1.6)), Throws.TypeOf<TimeoutException>()),
            "a handshake under a flood");
        Assert.That(link.ToServer.Count, Is.EqualTo(2));
    }

    [Test]
    public void A_retransmission_is_counted_also_when_a_datagram_comes_as_the_timer_expires()
    {
        using MemoryLink link = new();
        // A wait that is always ended by a datagram, and lasts until the timer has expired.
        ScriptedTransport late = new() { OnWait = timeout => link.Client.Wait(timeout + TimeSpan.FromMilliseconds(50)), Source = _ => 0, OnSend = () => link.ToServer.Send([0]) };
        using DtlsConnection client = new(TestContexts.Client, late, DtlsRole.Client);
        Watchdog.Run(
            Limits.Watchdog,
            () => Assert.That(() => client.Handshake(TimeSpan.FromSeconds(1.6)), Throws.TypeOf<TimeoutException>()),
            "a handshake whose timer expires beside a datagram");
        Assert.That(link.ToServer.Count, Is.EqualTo(2));
        Assert.That(client.Statistics.Retransmissions, Is.EqualTo(1));
    }

    [Test]
    public void Each_end_of_a_blocked_handshake_has_its_own_exception([Values] DtlsRole role, [Values("close", "dispose", "cancel", "transport")] string end)
    {
        using DtlsPair pair = new();
        using CancellationTokenSource source = new();
        DtlsConnection side = pair[role];
        BlockingThread handshake = BlockingThread.Start("handshake", () => side.Handshake(Timeout.InfiniteTimeSpan, source.Token));
        handshake.WaitUntilBlocked(Limits.Watchdog);
        (Action how, Type type) = end switch
        {
            "close" => ((Action)side.Close, typeof(DtlsClosedException)),
            "dispose" => (side.Dispose, typeof(ObjectDisposedException)),
            "cancel" => (source.Cancel, typeof(OperationCanceledException)),
            _ => ((role == DtlsRole.Client ? pair.Link.Client : pair.Link.Server).Complete, typeof(DtlsClosedException)),
        };
        how();
        Assert.That(handshake.TryJoin(Limits.Watchdog), Is.True);
        Assert.That(handshake.Exception, Is.InstanceOf(type));
        Assert.That(side.State, Is.EqualTo(end is "close" or "dispose" ? DtlsConnectionState.ClosedLocally : DtlsConnectionState.Failed));
        Assert.That(side.Negotiated, Is.Null);
    }

    [Test]
    public void A_closed_connection_can_be_made_and_closed_without_a_handshake()
    {
        using DtlsPair pair = new();
        pair.Client.Close();
        Assert.That(pair.Link.ToServer.Count, Is.Zero);
        Assert.That(() => pair.Client.Handshake(TimeSpan.Zero), Throws.InvalidOperationException.With.Message.Contains("ClosedLocally"));
        Assert.That(pair.Client.Receive(new byte[1], TimeSpan.Zero).Status, Is.EqualTo(DtlsReceiveStatus.ClosedLocally));
    }

    [Test]
    public void A_transport_s_exception_is_the_inner_exception_of_what_the_caller_gets()
    {
        IOException failure = new("The link is down.");
        using DtlsConnection sending = new(TestContexts.Client, new ScriptedTransport { OnSend = () => throw failure }, DtlsRole.Client);
        Assert.That(
            () => sending.Handshake(Limits.Watchdog),
            Throws.TypeOf<DtlsException>().With.InnerException.SameAs(failure).And.Message.Contains(failure.Message));
        using DtlsConnection receiving = new(TestContexts.Server, new ScriptedTransport { Source = _ => throw failure }, DtlsRole.Server);
        Assert.That(() => receiving.Handshake(Limits.Watchdog), Throws.TypeOf<DtlsException>().With.InnerException.SameAs(failure));
    }

    [Test]
    public void A_transport_that_fails_a_Send_fails_the_association_and_says_so_ever_after()
    {
        using DtlsPair pair = DtlsPair.Established();
        IOException failure = new("The link is down.");
        pair.Link.ToServer.Interceptor = (_, _, _) => throw failure;
        Assert.That(() => pair.Client.Send([1]), Throws.TypeOf<DtlsException>().With.InnerException.SameAs(failure));
        Assert.That(pair.Client.State, Is.EqualTo(DtlsConnectionState.Failed));
        Assert.That(() => pair.Client.Send([1]), Throws.TypeOf<DtlsException>().With.Message.Contains(failure.Message));
        Assert.That(() => pair.Client.Receive(new byte[1], TimeSpan.Zero), Throws.TypeOf<DtlsException>().With.Message.Contains(failure.Message));
    }

    [Test]
    public void Disposal_disposes_the_transport()
    {
        ScriptedTransport closed = new();
        new DtlsConnection(TestContexts.Client, closed, DtlsRole.Client).Close();
        ScriptedTransport disposed = new();
        new DtlsConnection(TestContexts.Client, disposed, DtlsRole.Client).Dispose();
        Assert.That((closed.Disposed, disposed.Disposed), Is.EqualTo((true, true)));
    }

    private static BlockingThread<DtlsReceiveResult> StartReceiving(DtlsConnection connection, CancellationToken token = default)
    {
        BlockingThread<DtlsReceiveResult> thread = BlockingThread.Start(
            "receiver", () => connection.Receive(new byte[10], Timeout.InfiniteTimeSpan, token));
        thread.WaitUntilBlocked(Limits.Watchdog);
        return thread;
    }
}
