using System.Diagnostics;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class FifoTransportTests
{
    private static readonly DatagramSender Nowhere = static _ => { };

    private static FifoTransport Make(int capacity = 256, FifoFullMode mode = FifoFullMode.DropNewest, int maxReceiveSize = 2048) =>
        new(Nowhere, new FifoTransportOptions { Capacity = capacity, FullMode = mode, MaxReceiveSize = maxReceiveSize });

    private static byte[]? Take(FifoTransport fifo)
    {
        byte[] buffer = new byte[65_536];
        return fifo.TryReceive(buffer, out int length) == DatagramStatus.Ready ? buffer[..length] : null;
    }

    [Test]
    public void Datagrams_come_out_in_order_with_their_boundaries()
    {
        using FifoTransport fifo = Make(maxReceiveSize: 65_535);
        byte[][] datagrams = [[1], [], [2, 3], new byte[2048], new byte[2049], new byte[65_535], [4]];
        foreach (byte[] datagram in datagrams)
        {
            Assert.That(fifo.Push(datagram), Is.True);
        }

        foreach (byte[] datagram in datagrams)
        {
            Assert.That(Take(fifo), Is.EqualTo(datagram));
        }

        Assert.That(Take(fifo), Is.Null);
    }

    [Test]
    public void Push_copies_the_datagram()
    {
        using FifoTransport fifo = Make();
        byte[] datagram = [1, 2, 3];
        fifo.Push(datagram);
        datagram[0] = 9;
        Assert.That(Take(fifo), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    [Test]
    public void DropNewest_drops_what_finds_the_FIFO_full_and_counts_it()
    {
        using FifoTransport fifo = Make(capacity: 2);
        bool[] pushed = [fifo.Push([1]), fifo.Push([2]), fifo.Push([3]), fifo.Push([4])];
        Assert.That(pushed, Is.EqualTo(new[] { true, true, false, false }));
        Assert.That(Take(fifo), Is.EqualTo(new byte[] { 1 }));
        Assert.That(fifo.Push([5]), Is.True, "there is room again");
        Assert.That(Take(fifo), Is.EqualTo(new byte[] { 2 }));
        Assert.That(Take(fifo), Is.EqualTo(new byte[] { 5 }));
        Assert.That(fifo.Statistics, Is.EqualTo(new FifoTransportStatistics(3, 3, 0, 0, DroppedFull: 2, 0, 0, 0)));
    }

    [Test]
    public void PushUnwoken_drops_even_in_Block_mode_and_gives_the_buffer_back()
    {
        using FifoTransport fifo = Make(capacity: 1, FifoFullMode.Block);
        DatagramPool pool = new();
        DatagramBuffer first = pool.Rent(10);
        DatagramBuffer second = pool.Rent(10);
        first.Length = second.Length = 10;
        Assert.That(fifo.PushUnwoken(first), Is.Zero);
        Assert.That(fifo.PushUnwoken(second), Is.EqualTo(1));
        Assert.That(pool.Rent(10), Is.SameAs(second), "the refused buffer is back in its pool");
        Assert.That(fifo.Statistics.DroppedFull, Is.EqualTo(1));
    }

    [Test]
    public void A_datagram_over_MaxReceiveSize_is_dropped_and_counted()
    {
        using FifoTransport fifo = Make(maxReceiveSize: 100);
        DatagramBuffer large = new DatagramPool().Rent(101);
        large.Length = 101;
        Assert.That(fifo.Push(new byte[101]), Is.False);
        Assert.That(fifo.PushUnwoken(large), Is.EqualTo(1));
        Assert.That(fifo.Push(new byte[100]), Is.True);
        Assert.That(fifo.Statistics, Is.EqualTo(new FifoTransportStatistics(1, 0, 1, 0, 0, DroppedTooLarge: 2, 0, 0)));
    }

    [Test]
    public void A_datagram_larger_than_the_receive_buffer_is_cut_off_and_the_next_is_whole()
    {
        using FifoTransport fifo = Make();
        fifo.Push([1, 2, 3, 4]);
        fifo.Push([5, 6]);
        byte[] buffer = new byte[3];
        Assert.That(fifo.TryReceive(buffer, out int length), Is.EqualTo(DatagramStatus.Ready));
        Assert.That((length, buffer), Is.EqualTo((3, new byte[] { 1, 2, 3 })));
        Assert.That(Take(fifo), Is.EqualTo(new byte[] { 5, 6 }));
    }

    [Test]
    public void Complete_delivers_what_is_queued_then_tells_the_closure()
    {
        using FifoTransport fifo = Make();
        fifo.Push([1]);
        fifo.Complete();
        Assert.That(fifo.Push([2]), Is.False);
        Assert.That(fifo.Wait(TimeSpan.Zero), Is.EqualTo(DatagramStatus.Ready));
        Assert.That(Take(fifo), Is.EqualTo(new byte[] { 1 }));
        Assert.That(fifo.TryReceive(new byte[1], out int length), Is.EqualTo(DatagramStatus.Closed));
        Assert.That(length, Is.Zero);
        Assert.That(fifo.Wait(Timeout.InfiniteTimeSpan), Is.EqualTo(DatagramStatus.Closed));
        Assert.That(fifo.Receive(new byte[1], Timeout.InfiniteTimeSpan, out _), Is.EqualTo(DatagramStatus.Closed));
        Assert.That(fifo.Statistics, Is.EqualTo(new FifoTransportStatistics(1, 1, 0, 0, 0, 0, DroppedClosed: 1, 0)));
    }

    [Test]
    public void Dispose_discards_what_is_queued_and_counts_it()
    {
        FifoTransport fifo = Make();
        fifo.Push([1]);
        fifo.Push([2]);
        fifo.Dispose();
        fifo.Dispose();
        Assert.That(fifo.TryReceive(new byte[1], out _), Is.EqualTo(DatagramStatus.Closed));
        Assert.That(fifo.Wait(TimeSpan.Zero), Is.EqualTo(DatagramStatus.Closed));
        Assert.That(fifo.Push([3]), Is.False);
        Assert.That(fifo.Statistics, Is.EqualTo(new FifoTransportStatistics(2, 0, 0, Discarded: 2, 0, 0, DroppedClosed: 1, 0)));
        Assert.That(() => fifo.Send([1]), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Send_hands_each_datagram_to_the_sender_and_counts_it()
    {
        List<byte[]> sent = [];
        using FifoTransport fifo = new(datagram => sent.Add(datagram.ToArray()));
        fifo.Send([1, 2]);
        fifo.Send([3]);
        Assert.That(sent, Is.EqualTo(new byte[][] { [1, 2], [3] }));
        Assert.That(fifo.Statistics.Sent, Is.EqualTo(2));
    }

    [TestCase(0, 1, 1), TestCase((1 << 20) + 1, 1, 1), TestCase(1, 0, 1), TestCase(1, 65_536, 1), TestCase(1, 1, 0), TestCase(1, 1, 65_536)]
    public void Options_out_of_range_are_refused(int capacity, int maxReceiveSize, int maxDatagramSize)
    {
        FifoTransportOptions options = new() { Capacity = capacity, MaxReceiveSize = maxReceiveSize, MaxDatagramSize = maxDatagramSize };
        Assert.That(() => new FifoTransport(Nowhere, options), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Options_at_the_ends_of_their_ranges_are_taken()
    {
        Assert.That(() => new FifoTransport(Nowhere, new FifoTransportOptions { Capacity = 1, MaxReceiveSize = 1, MaxDatagramSize = 1 }).Dispose(), Throws.Nothing);
        FifoTransportOptions most = new() { Capacity = 1 << 20, MaxReceiveSize = 65_535, MaxDatagramSize = 65_535 };
        Assert.That(() => new FifoTransport(Nowhere, most).Dispose(), Throws.Nothing);
    }

    [Test]
    public void A_negative_timeout_is_refused()
    {
        using FifoTransport fifo = Make();
        Assert.That(() => fifo.Wait(TimeSpan.FromMilliseconds(-2)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => fifo.Receive(new byte[1], TimeSpan.FromSeconds(-1), out _), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new FifoTransport(null!), Throws.ArgumentNullException);
    }

    [Test]
    public void A_poll_does_not_wait()
    {
        using FifoTransport fifo = Make();
        Assert.That(fifo.Wait(TimeSpan.Zero), Is.EqualTo(DatagramStatus.None));
        Assert.That(fifo.Receive(new byte[1], TimeSpan.Zero, out int length), Is.EqualTo(DatagramStatus.None));
        Assert.That(length, Is.Zero);
        fifo.Push([7]);
        Assert.That(fifo.Wait(TimeSpan.Zero), Is.EqualTo(DatagramStatus.Ready));
        Assert.That(fifo.Receive(new byte[1], TimeSpan.Zero, out length), Is.EqualTo(DatagramStatus.Ready));
        Assert.That(length, Is.EqualTo(1));
    }

    [TestCase(1), TestCase(15), TestCase(300)]
    public void A_timeout_never_ends_early(int milliseconds)
    {
        using FifoTransport fifo = Make();
        TimeSpan timeout = TimeSpan.FromMilliseconds(milliseconds);
        (DatagramStatus status, TimeSpan elapsed) = Watchdog.Run(
            Limits.Watchdog,
            () =>
            {
                long start = Stopwatch.GetTimestamp();
                DatagramStatus result = fifo.Receive(new byte[1], timeout, out _);
                return (result, Stopwatch.GetElapsedTime(start));
            },
            "Receive with a timeout");
        Assert.That(status, Is.EqualTo(DatagramStatus.None));
        Assert.That(elapsed, Is.GreaterThanOrEqualTo(timeout));
    }
}
