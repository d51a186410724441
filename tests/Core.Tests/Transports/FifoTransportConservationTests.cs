using System.Buffers.Binary;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Nothing is lost uncounted, duplicated or reordered, whatever the threads do.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class FifoTransportConservationTests
{
    private const int Producers = 4;
    private const int PerProducer = 5_000;

    [Test]
    public void Accepted_is_read_plus_queued_plus_discarded_under_any_schedule(
        [Values] FifoFullMode mode, [Values(1, 7, 256)] int capacity, [Values] bool disposedEarly)
    {
        int seed = Seed.Next();
        FifoTransport fifo = new(static _ => { }, new FifoTransportOptions { Capacity = capacity, FullMode = mode });
        long accepted = 0;
        long received = 0;
        BlockingThread[] producers = [.. Enumerable.Range(0, Producers).Select(number => BlockingThread.Start(
            $"producer {number}",
            () => Interlocked.Add(ref accepted, Produce(fifo, number, new Random(seed + number)))))];
        BlockingThread[] consumers = [.. Enumerable.Range(0, 2).Select(number => BlockingThread.Start(
            $"consumer {number}",
            () => Interlocked.Add(ref received, Consume(fifo, new Random(seed - 1 - number)))))];
        if (disposedEarly)
        {
            Eventually.True(() => fifo.Statistics is var now && now.Accepted + now.DroppedFull > PerProducer / 2, Limits.LongWatchdog, "some datagrams are pushed");
            fifo.Dispose();
        }

        BlockingThread.JoinAll(Limits.LongWatchdog, producers);
        fifo.Complete();
        BlockingThread.JoinAll(Limits.LongWatchdog, consumers);
        FifoTransportStatistics statistics = fifo.Statistics;
        Assert.That(statistics.Accepted, Is.EqualTo(accepted));
        Assert.That(statistics.Read, Is.EqualTo(received));
        Assert.That(statistics.Accepted, Is.EqualTo(statistics.Read + statistics.Queued + statistics.Discarded));
        Assert.That(statistics.Accepted + statistics.DroppedFull + statistics.DroppedClosed, Is.EqualTo(Producers * PerProducer));
        if (mode == FifoFullMode.Block)
        {
            Assert.That(statistics.DroppedFull, Is.Zero);
        }

        fifo.Dispose();
    }

    private static long Produce(FifoTransport fifo, int number, Random random)
    {
        long accepted = 0;
        Span<byte> datagram = stackalloc byte[64];
        for (int i = 1; i <= PerProducer; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(datagram, number);
            BinaryPrimitives.WriteInt32LittleEndian(datagram[4..], i);
            accepted += fifo.Push(datagram[..random.Next(8, 64)]) ? 1 : 0;
            if (random.Next(50) == 0)
            {
                Thread.Yield();
            }
        }

        return accepted;
    }

    private static long Consume(FifoTransport fifo, Random random)
    {
        long received = 0;
        int[] last = new int[Producers];
        byte[] buffer = new byte[64];
        while (true)
        {
            TimeSpan timeout = random.Next(3) switch { 0 => TimeSpan.Zero, 1 => TimeSpan.FromMilliseconds(5), _ => Timeout.InfiniteTimeSpan };
            switch (fifo.Receive(buffer, timeout, out _))
            {
                case DatagramStatus.Closed:
                    return received;
                case DatagramStatus.Ready:
                    received++;
                    int producer = BinaryPrimitives.ReadInt32LittleEndian(buffer);
                    int number = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(4));
                    Assert.That(number, Is.GreaterThan(last[producer]), $"the order of producer {producer}'s datagrams");
                    last[producer] = number;
                    break;
                default:
                    Thread.Yield();
                    break;
            }
        }
    }
}
