using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Trains: several datagrams of one size in one buffer, as a socket may receive them.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class FifoTrainTests
{
    private readonly DatagramPool _pool = new();

    [TestCase(100, 10), TestCase(101, 10), TestCase(109, 10), TestCase(10, 10), TestCase(9, 10), TestCase(3, 1)]
    public void A_train_comes_out_as_its_datagrams_in_their_order(int length, int size)
    {
        using FifoTransport fifo = Make();
        fifo.Push([0xEE]);
        Assert.That(fifo.PushUnwoken(Train(length, size)), Is.Zero);
        fifo.Push([0xFF]);
        byte[][] expected = [[0xEE], .. Bytes(length).Chunk(size), [0xFF]];
        Assert.That(fifo.Statistics.Queued, Is.EqualTo(expected.Length));
        Assert.That(TakeAll(fifo), Is.EqualTo(expected));
        Assert.That(fifo.Statistics, Is.EqualTo(new FifoTransportStatistics(expected.Length, expected.Length, 0, 0, 0, 0, 0, 0)));
    }

    [Test]
    public void Of_a_train_that_finds_too_little_room_the_first_datagrams_are_taken()
    {
        using FifoTransport fifo = Make(capacity: 5);
        fifo.Push([0xEE]);
        Assert.That(fifo.PushUnwoken(Train(75, 10)), Is.EqualTo(4), "8 datagrams, room for 4");
        Assert.That(fifo.PushUnwoken(Train(20, 10)), Is.EqualTo(2), "no room at all");
        Assert.That(fifo.Push([0xFF]), Is.False);
        Assert.That(TakeAll(fifo), Is.EqualTo((byte[][])[[0xEE], .. Bytes(40).Chunk(10)]));
        Assert.That(fifo.Statistics, Is.EqualTo(new FifoTransportStatistics(5, 5, 0, 0, DroppedFull: 7, 0, 0, 0)));
    }

    [Test]
    public void A_train_that_is_half_taken_still_takes_its_room()
    {
        using FifoTransport fifo = Make(capacity: 4);
        fifo.PushUnwoken(Train(40, 10));
        Take(fifo);
        Take(fifo);
        Assert.That(fifo.PushUnwoken(Train(30, 10)), Is.EqualTo(1));
        Assert.That(fifo.Statistics.Queued, Is.EqualTo(4));
        Assert.That(TakeAll(fifo), Is.EqualTo((byte[][])[.. Bytes(40).Chunk(10).Skip(2), .. Bytes(20).Chunk(10)]));
    }

    [Test]
    public void A_train_of_datagrams_that_are_too_large_is_dropped_and_counted()
    {
        using FifoTransport fifo = Make(maxReceiveSize: 9);
        Assert.That(fifo.PushUnwoken(Train(25, 10)), Is.EqualTo(3));
        Assert.That(fifo.PushUnwoken(Train(25, 9)), Is.Zero, "the limit is one datagram's, not the train's");
        Assert.That(fifo.Statistics, Is.EqualTo(new FifoTransportStatistics(3, 0, 3, 0, 0, DroppedTooLarge: 3, 0, 0)));
    }

    [Test]
    public void Disposal_discards_the_rest_of_a_train_and_gives_its_buffer_back()
    {
        FifoTransport fifo = Make();
        DatagramBuffer train = Train(50, 10);
        fifo.PushUnwoken(train);
        Take(fifo);
        fifo.Dispose();
        Assert.That(fifo.PushUnwoken(Train(20, 10)), Is.EqualTo(2));
        Assert.That(fifo.Statistics, Is.EqualTo(new FifoTransportStatistics(5, 1, 0, Discarded: 4, 0, 0, DroppedClosed: 2, 0)));
        Assert.That(fifo.TryReceive(new byte[10], out _), Is.EqualTo(DatagramStatus.Closed));
        Assert.That((DatagramBuffer[])[_pool.Rent(1), _pool.Rent(1)], Has.Member(train));
    }

    [Test]
    public void Wake_wakes_a_receiver_that_waits_for_what_was_pushed_unwoken()
    {
        using FifoTransport fifo = Make();
        for (int i = 0; i < 1_000; i++)
        {
            BlockingThread<DatagramStatus>? receiver = i % 2 == 0 ? BlockingThread.Start("receiver", () => fifo.Wait(Limits.Watchdog)) : null;
            fifo.PushUnwoken(Train(20, 10));
            fifo.Wake();
            Assert.That(receiver?.Join(Limits.Watchdog) ?? fifo.Wait(TimeSpan.Zero), Is.EqualTo(DatagramStatus.Ready));
            Assert.That(TakeAll(fifo), Has.Length.EqualTo(2));
        }
    }

    [Test]
    public void Disposal_beside_a_receiver_loses_no_buffer_and_no_count()
    {
        int seed = Seed.Next();
        Random random = new(seed);
        for (int i = 0; i < 2_000; i++)
        {
            FifoTransport fifo = Make();
            int trains = random.Next(1, 4);
            for (int k = 0; k < trains; k++)
            {
                fifo.PushUnwoken(Train(100, 10));
            }

            int spins = random.Next(100);
            BlockingThread<int> receiver = BlockingThread.Start("receiver", () => TakeAll(fifo).Length);
            Thread.SpinWait(spins);
            fifo.Dispose();
            int read = receiver.Join(Limits.Watchdog);
            Assert.That(fifo.Statistics, Is.EqualTo(new FifoTransportStatistics(10 * trains, read, 0, (10 * trains) - read, 0, 0, 0, 0)), $"round {i}, seed {seed}");
        }
    }

    [Test]
    public void SendBatch_hands_all_over_at_once_or_one_by_one_to_who_takes_only_one()
    {
        List<byte[]> single = [];
        List<(byte[] Datagrams, int[] Lengths)> batches = [];
        using FifoTransport one = new(datagram => single.Add(datagram.ToArray()));
        using FifoTransport many = new(datagram => single.Add(datagram.ToArray()), null, (datagrams, lengths) => batches.Add((datagrams.ToArray(), lengths.ToArray())));
        one.SendBatch([1, 2, 3, 4, 5, 6], [3, 2, 1]);
        Assert.That(single, Is.EqualTo((byte[][])[[1, 2, 3], [4, 5], [6]]));
        many.SendBatch([1, 2, 3, 4, 5, 6], [3, 2, 1]);
        Assert.That(single, Has.Count.EqualTo(3));
        Assert.That(batches, Has.Count.EqualTo(1));
        Assert.That((batches[0].Datagrams, batches[0].Lengths), Is.EqualTo((new byte[] { 1, 2, 3, 4, 5, 6 }, new[] { 3, 2, 1 })));
        Assert.That((one.Statistics.Sent, many.Statistics.Sent), Is.EqualTo((3L, 3L)));
        many.Dispose();
        Assert.That(() => many.SendBatch([1], [1]), Throws.TypeOf<ObjectDisposedException>());
    }

    private static FifoTransport Make(int capacity = 256, int maxReceiveSize = 2_000) =>
        new(_ => { }, new FifoTransportOptions { Capacity = capacity, MaxReceiveSize = maxReceiveSize });

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)i)];

    private static byte[] Take(FifoTransport fifo)
    {
        byte[] buffer = new byte[100];
        Assert.That(fifo.TryReceive(buffer, out int length), Is.EqualTo(DatagramStatus.Ready));
        return buffer[..length];
    }

    private static byte[][] TakeAll(FifoTransport fifo)
    {
        List<byte[]> taken = [];
        byte[] buffer = new byte[100];
        while (fifo.TryReceive(buffer, out int length) == DatagramStatus.Ready)
        {
            taken.Add(buffer[..length]);
        }

        return [.. taken];
    }

    private DatagramBuffer Train(int length, int size)
    {
        DatagramBuffer buffer = _pool.Rent(length);
        Bytes(length).CopyTo(buffer.Space);
        buffer.Length = length;
        buffer.SegmentSize = size;
        return buffer;
    }
}
