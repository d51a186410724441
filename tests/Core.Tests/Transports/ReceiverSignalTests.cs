using System.Diagnostics;
using FifoDtls.Interop;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

[TestFixture(true, TestName = "ReceiverSignal (futex)"), TestFixture(false, TestName = "ReceiverSignal (monitor)")]
[Parallelizable(ParallelScope.Children)]
internal sealed class ReceiverSignalTests(bool futex)
{
    [Test]
    public void This_system_has_futexes()
    {
        Assume.That(OperatingSystem.IsLinux() && Environment.Is64BitProcess, "only 64-bit Linux has them");
        Assert.That(Futex.IsSupported, Is.True);
    }

    [Test]
    public void A_wake_up_between_the_announcement_and_the_wait_is_not_lost()
    {
        ReceiverSignal signal = new(futex);
        for (int i = 0; i < 1_000; i++)
        {
            signal.Announce();
            signal.Wake();
            Watchdog.Run(Limits.Watchdog, () => signal.Wait(Timeout.Infinite), "a wait that has been ended before");
        }
    }

    [Test]
    public void Two_threads_that_wake_each_other_never_miss_a_wake_up()
    {
        const int rounds = 50_000;
        ReceiverSignal ping = new(futex);
        ReceiverSignal pong = new(futex);
        int pings = 0;
        int pongs = 0;
        BlockingThread other = BlockingThread.Start("other", () =>
        {
            for (int i = 1; i <= rounds; i++)
            {
                WaitFor(ping, ref pings, i);
                Volatile.Write(ref pongs, i);
                pong.Wake();
            }
        });
        BlockingThread one = BlockingThread.Start("one", () =>
        {
            for (int i = 1; i <= rounds; i++)
            {
                Volatile.Write(ref pings, i);
                ping.Wake();
                WaitFor(pong, ref pongs, i);
            }
        });
        BlockingThread.JoinAll(Limits.LongWatchdog, one, other);
    }

    [Test]
    public void A_wait_without_a_wake_up_ends_when_its_time_is_up_and_not_before([Values(1, 20, 1_100)] int milliseconds)
    {
        ReceiverSignal signal = new(futex);
        Stopwatch watch = Stopwatch.StartNew();
        while (watch.ElapsedMilliseconds < milliseconds) // it may return early, so whoever waits looks at the clock
        {
            signal.Announce();
            signal.Wait((int)(milliseconds - watch.ElapsedMilliseconds));
            Assert.That(watch.Elapsed, Is.LessThan(Limits.Watchdog));
        }
    }

    [Test]
    public void All_that_wait_are_woken()
    {
        ReceiverSignal signal = new(futex);
        bool ready = false;
        BlockingThread[] threads = [.. Enumerable.Range(0, 4).Select(number => BlockingThread.Start($"waiter {number}", () =>
        {
            while (true)
            {
                signal.Announce();
                if (Volatile.Read(ref ready))
                {
                    return;
                }

                signal.Wait(Timeout.Infinite);
            }
        }))];
        foreach (BlockingThread thread in threads)
        {
            thread.WaitUntilBlocked(Limits.Watchdog);
        }

        Volatile.Write(ref ready, true);
        signal.Wake();
        BlockingThread.JoinAll(Limits.Watchdog, threads);
    }

    [Test]
    public void A_FIFO_delivers_and_ends_the_same_way()
    {
        using FifoTransport fifo = new(_ => { }, new FifoTransportOptions { UseFutex = futex });
        using CancellationTokenSource cancellation = new();
        BlockingThread<DatagramStatus> receiver = BlockingThread.Start("receiver", () => fifo.Wait(Limits.LongWatchdog));
        receiver.WaitUntilBlocked(Limits.Watchdog);
        fifo.Push([1]);
        Assert.That(receiver.Join(Limits.Watchdog), Is.EqualTo(DatagramStatus.Ready));
        fifo.TryReceive(new byte[1], out _);

        receiver = BlockingThread.Start("cancelled", () => fifo.Wait(Limits.LongWatchdog, cancellation.Token));
        receiver.WaitUntilBlocked(Limits.Watchdog);
        cancellation.Cancel();
        Assert.That(() => receiver.Join(Limits.Watchdog), Throws.InstanceOf<OperationCanceledException>());

        receiver = BlockingThread.Start("closed", () => fifo.Wait(Timeout.InfiniteTimeSpan));
        receiver.WaitUntilBlocked(Limits.Watchdog);
        fifo.Dispose();
        Assert.That(receiver.Join(Limits.Watchdog), Is.EqualTo(DatagramStatus.Closed));
        Assert.That(fifo.Wait(TimeSpan.Zero), Is.EqualTo(DatagramStatus.Closed));
    }

    private static void WaitFor(ReceiverSignal signal, ref int value, int wanted)
    {
        while (true)
        {
            signal.Announce();
            if (Volatile.Read(ref value) == wanted)
            {
                break;
            }

            signal.Wait(Timeout.Infinite);
        }
    }
}
