using System.Buffers.Binary;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>
/// Conservation as a property of any history: what was accepted was read, stands there, or was discarded; what was pushed was accepted or dropped, or its wait was cancelled. First against a queue, one call at a
/// time; then with pushers, one reader, completion and disposal at the same time.
/// </summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class FifoTransportPropertyTests
{
    private const int MaxReceiveSize = 64;

    private static readonly CancellationToken Cancelled = new(canceled: true);

    [Test, CancelAfter(120_000)]
    public void Does_what_a_bounded_queue_does([Values] FifoFullMode mode)
    {
        int seed = Seed.Next();
        for (int history = 0; history < 2_000; history++)
        {
            Random random = new(unchecked(seed + history));
            int capacity = random.Next(1, 6);
            using FifoTransport fifo = new(static _ => { }, new FifoTransportOptions { Capacity = capacity, FullMode = mode, MaxReceiveSize = MaxReceiveSize });
            FifoModel model = new(capacity, mode, MaxReceiveSize);
            for (int step = 0; step < 40; step++)
            {
                string done = Step(fifo, model, random);
                Assert.That(fifo.Statistics, Is.EqualTo(model.Statistics), $"history {history} of seed {seed}, step {step}: {done}");
            }
        }
    }

    [Test, CancelAfter(120_000)]
    public void Nothing_is_lost_uncounted_whenever_it_ends([Values] FifoFullMode mode)
    {
        int seed = Seed.Next();
        using RaceThreads threads = new(5);
        for (int history = 0; history < 1_000; history++)
        {
            RunHistory(threads, mode, unchecked(seed + history));
        }
    }

    private static string Step(FifoTransport fifo, FifoModel model, Random random)
    {
        byte[] datagram = new byte[random.Next(20) == 0 ? MaxReceiveSize + 1 : random.Next(MaxReceiveSize + 1)];
        random.NextBytes(datagram);
        byte[] buffer = new byte[random.Next(MaxReceiveSize + 1)];
        switch (random.Next(40))
        {
            case 0:
                fifo.Complete();
                model.Complete();
                return "Complete";
            case 1:
                fifo.Dispose();
                model.Dispose();
                return "Dispose";
            case < 20:
                // A push that would wait is cancelled before: then it is neither accepted nor dropped.
                (bool accepted, bool cancelled) = Push(fifo, datagram);
                Assert.That((accepted, cancelled), Is.EqualTo(model.Push(datagram)));
                return "Push";
            case < 25:
                Assert.That(fifo.Wait(TimeSpan.Zero), Is.EqualTo(model.Waiting));
                return "Wait";
            default:
                DatagramStatus status = fifo.TryReceive(buffer, out int length);
                (DatagramStatus expected, byte[] content) = model.Receive(buffer.Length);
                Assert.That(status, Is.EqualTo(expected));
                Assert.That(buffer.AsSpan(0, length).SequenceEqual(content), Is.True);
                return "TryReceive";
        }
    }

    private static (bool Accepted, bool Cancelled) Push(FifoTransport fifo, byte[] datagram)
    {
        try
        {
            return (fifo.Push(datagram, Cancelled), false);
        }
        catch (OperationCanceledException)
        {
            return (false, true);
        }
    }

    private static void RunHistory(RaceThreads threads, FifoFullMode mode, int seed)
    {
        Random random = new(seed);
        FifoTransport fifo = new(static _ => { }, new FifoTransportOptions { Capacity = random.Next(1, 9), FullMode = mode, MaxReceiveSize = MaxReceiveSize });
        int each = random.Next(1, 60);
        bool disposed = random.Next(2) == 0;
        bool cancels = random.Next(4) == 0; // else it ends while they push and read
        long accepted = 0;
        long cancelled = 0;
        long read = 0;
        using CancellationTokenSource source = new();
        int pushersLeft = 3;
        Action[] pushers = [.. Enumerable.Range(0, 3).Select(number => (Action)(() =>
        {
            Span<byte> datagram = stackalloc byte[8];
            for (int i = 1; i <= each; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(datagram, number);
                BinaryPrimitives.WriteInt32LittleEndian(datagram[4..], i);
                try
                {
                    Interlocked.Add(ref accepted, fifo.Push(datagram, source.Token) ? 1 : 0);
                }
                catch (OperationCanceledException)
                {
                    Interlocked.Increment(ref cancelled);
                }
            }

            if (Interlocked.Decrement(ref pushersLeft) == 0)
            {
                fifo.Complete(); // the reader's end
            }
        }))];
        threads.Run(seed, Limits.Watchdog, [.. pushers, () => read = ReadAll(fifo, random), () => End(fifo, source, disposed, cancels, seed)]);

        FifoTransportStatistics now = fifo.Statistics;
        Assert.That((now.Accepted, now.Read), Is.EqualTo((accepted, read)), $"seed {seed}");
        Assert.That(now.Accepted, Is.EqualTo(now.Read + now.Queued + now.Discarded), $"seed {seed}");
        Assert.That(now.Accepted + now.DroppedFull + now.DroppedClosed + cancelled, Is.EqualTo(3L * each), $"seed {seed}");
        Assert.That(now.DroppedTooLarge, Is.Zero);
        fifo.Dispose();
        FifoTransportStatistics end = fifo.Statistics;
        Assert.That((end.Queued, end.Accepted), Is.EqualTo((0L, end.Read + end.Discarded)), $"seed {seed}");
    }

    private static void End(FifoTransport fifo, CancellationTokenSource source, bool disposed, bool cancels, int seed)
    {
        if (cancels)
        {
            source.Cancel();
            return;
        }

        Thread.SpinWait(new Random(seed).Next(3_000));
        if (disposed)
        {
            fifo.Dispose();
        }
        else
        {
            fifo.Complete();
        }
    }

    // Each pusher's datagrams come whole, once and in their order.
    private static long ReadAll(FifoTransport fifo, Random random)
    {
        int[] last = new int[3];
        byte[] buffer = new byte[MaxReceiveSize];
        for (long read = 0; ;)
        {
            DatagramStatus status = fifo.TryReceive(buffer, out int length);
            if (status == DatagramStatus.Closed)
            {
                return read;
            }

            if (status == DatagramStatus.None)
            {
                _ = fifo.Wait(random.Next(2) == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.Zero);
                continue;
            }

            read++;
            int number = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(4));
            ref int before = ref last[BinaryPrimitives.ReadInt32LittleEndian(buffer)];
            Assert.That((length, number > before), Is.EqualTo((8, true)));
            before = number;
        }
    }
}
