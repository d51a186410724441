using System.Diagnostics;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>What ends a blocked call of a FIFO, and with which outcome.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class FifoTransportBlockingTests
{
    private static FifoTransport Make(int capacity = 256, FifoFullMode mode = FifoFullMode.DropNewest) =>
        new(static _ => { }, new FifoTransportOptions { Capacity = capacity, FullMode = mode });

    private static BlockingThread<DatagramStatus> StartWaiting(FifoTransport fifo, TimeSpan timeout, CancellationToken token = default)
    {
        BlockingThread<DatagramStatus> thread = BlockingThread.Start("waiter", () => fifo.Wait(timeout, token));
        thread.WaitUntilBlocked(Limits.Watchdog);
        return thread;
    }

    private static BlockingThread<bool> StartPushing(FifoTransport fifo, CancellationToken token = default)
    {
        BlockingThread<bool> thread = BlockingThread.Start("pusher", () => fifo.Push([2], token));
        thread.WaitUntilBlocked(Limits.Watchdog);
        return thread;
    }

    [Test]
    public void A_push_ends_an_infinite_wait()
    {
        using FifoTransport fifo = Make();
        BlockingThread<DatagramStatus> waiter = StartWaiting(fifo, Timeout.InfiniteTimeSpan);
        fifo.Push([1]);
        Assert.That(waiter.Join(Limits.Watchdog), Is.EqualTo(DatagramStatus.Ready));
    }

    [Test]
    public void A_wait_longer_than_the_clock_reaches_is_ended_by_a_push()
    {
        using FifoTransport fifo = Make();
        BlockingThread<DatagramStatus> waiter = StartWaiting(fifo, TimeSpan.MaxValue);
        fifo.Push([1]);
        Assert.That(waiter.Join(Limits.Watchdog), Is.EqualTo(DatagramStatus.Ready));
    }

    [Test]
    public void Complete_and_Dispose_end_a_blocked_wait([Values] bool dispose, [Values] bool infinite)
    {
        using FifoTransport fifo = Make();
        BlockingThread<DatagramStatus> waiter = StartWaiting(fifo, infinite ? Timeout.InfiniteTimeSpan : Limits.Watchdog * 2);
        if (dispose)
        {
            fifo.Dispose();
        }
        else
        {
            fifo.Complete();
        }

        Assert.That(waiter.Join(Limits.Watchdog), Is.EqualTo(DatagramStatus.Closed));
    }

    [Test]
    public void Cancellation_ends_a_blocked_wait_and_the_FIFO_works_on()
    {
        using FifoTransport fifo = Make();
        using CancellationTokenSource source = new();
        BlockingThread<DatagramStatus> waiter = StartWaiting(fifo, Timeout.InfiniteTimeSpan, source.Token);
        source.Cancel();
        OperationCanceledException? exception = Assert.Throws<OperationCanceledException>(() => waiter.Join(Limits.Watchdog));
        Assert.That(exception.CancellationToken, Is.EqualTo(source.Token));
        fifo.Push([1]);
        Assert.That(fifo.Wait(Limits.Watchdog), Is.EqualTo(DatagramStatus.Ready));
    }

    [Test]
    public void Cancellation_before_a_wait_wins_over_everything()
    {
        using FifoTransport fifo = Make();
        fifo.Push([1]);
        Assert.That(() => fifo.Wait(TimeSpan.Zero, new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Block_mode_waits_for_room()
    {
        using FifoTransport fifo = Make(capacity: 1, FifoFullMode.Block);
        fifo.Push([1]);
        BlockingThread<bool> pusher = StartPushing(fifo);
        byte[] buffer = new byte[1];
        Assert.That(fifo.TryReceive(buffer, out _), Is.EqualTo(DatagramStatus.Ready));
        Assert.That(buffer[0], Is.EqualTo(1));
        Assert.That(pusher.Join(Limits.Watchdog), Is.True);
        Assert.That(fifo.TryReceive(buffer, out _), Is.EqualTo(DatagramStatus.Ready));
        Assert.That(buffer[0], Is.EqualTo(2));
        Assert.That(fifo.Statistics, Is.EqualTo(new FifoTransportStatistics(2, 2, 0, 0, 0, 0, 0, 0)));
    }

    [Test]
    public void Cancellation_ends_a_push_that_waits_for_room_and_the_datagram_is_not_queued()
    {
        using FifoTransport fifo = Make(capacity: 1, FifoFullMode.Block);
        using CancellationTokenSource source = new();
        fifo.Push([1]);
        BlockingThread<bool> pusher = StartPushing(fifo, source.Token);
        source.Cancel();
        Assert.That(() => pusher.Join(Limits.Watchdog), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(fifo.Statistics, Is.EqualTo(new FifoTransportStatistics(1, 0, 1, 0, 0, 0, 0, 0)));
    }

    [Test]
    public void Complete_and_Dispose_end_a_push_that_waits_for_room([Values] bool dispose)
    {
        using FifoTransport fifo = Make(capacity: 1, FifoFullMode.Block);
        fifo.Push([1]);
        BlockingThread<bool> pusher = StartPushing(fifo);
        if (dispose)
        {
            fifo.Dispose();
        }
        else
        {
            fifo.Complete();
        }

        Assert.That(pusher.Join(Limits.Watchdog), Is.False);
        // A dispose makes room before the pusher looks: it may still not enter, because completion comes first.
        Assert.That(fifo.Statistics, Is.EqualTo(new FifoTransportStatistics(1, 0, dispose ? 0 : 1, dispose ? 1 : 0, 0, 0, DroppedClosed: 1, 0)));
    }

    [Test]
    public void A_datagram_that_comes_during_a_wait_with_a_timeout_is_received_before_it_is_up()
    {
        using FifoTransport fifo = Make();
        byte[] buffer = new byte[8];
        BlockingThread<int> receiver = BlockingThread.Start(
            "receiver",
            () => fifo.Receive(buffer, Limits.LongWatchdog, out int length) == DatagramStatus.Ready ? length : -1);
        receiver.WaitUntilBlocked(Limits.Watchdog);
        fifo.Push([1, 2, 3]);
        Assert.That(receiver.Join(Limits.Watchdog), Is.EqualTo(3));
    }
}
