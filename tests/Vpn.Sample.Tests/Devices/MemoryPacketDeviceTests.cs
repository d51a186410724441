using System.Diagnostics;
using FifoVpn.Devices;
using FifoVpn.Tests.Support;

namespace FifoVpn.Tests.Devices;

internal sealed class MemoryPacketDeviceTests
{
    private const int Mtu = 1400;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Test]
    public void Packets_cross_both_ways_in_order_with_their_lengths()
    {
        using MemoryPacketDevice device = new("mem0", Mtu, capacity: 4);
        byte[] buffer = new byte[Mtu];
        for (byte round = 1; round <= 10; round++)
        {
            Assert.That(device.Inject([round, round], TimeSpan.Zero), Is.EqualTo(PacketQueueResult.Done));
            Assert.That(device.Inject([round], TimeSpan.Zero), Is.EqualTo(PacketQueueResult.Done));
            Assert.That(device.ReadPacket(buffer), Is.EqualTo(2));
            Assert.That(device.ReadPacket(buffer), Is.EqualTo(1));
            device.Write([round, 7, 8]);
            Assert.That(device.Take(buffer, TimeSpan.Zero, out int length), Is.EqualTo(PacketQueueResult.Done));
            Assert.That(buffer[..length], Is.EqualTo(new byte[] { round, 7, 8 }));
        }

        Assert.That(device.Dropped, Is.Zero);
    }

    [Test]
    public void TryRead_takes_what_is_there_and_never_waits()
    {
        using MemoryPacketDevice device = new("mem0", Mtu, capacity: 4);
        byte[] buffer = new byte[device.ReadBufferSize];
        Assert.That(device.TryRead(buffer, out _), Is.False);
        device.Inject([1, 2, 3], TimeSpan.Zero);
        Assert.That(device.TryRead(buffer, out DevicePacket packet), Is.True);
        Assert.That((packet, device.Offloads), Is.EqualTo((new DevicePacket(3), DeviceOffloads.None)));
        device.Inject([1], TimeSpan.Zero);
        device.Dispose();
        Assert.That(device.TryRead(buffer, out _), Is.False);
    }

    [Test]
    public void WriteMany_writes_each_packet()
    {
        using MemoryPacketDevice device = new("mem0", Mtu, capacity: 4);
        byte[] buffer = new byte[Mtu];
        device.WriteMany([1, 2, 2, 3, 3, 3], [1, 2, 3]);
        for (int length = 1; length <= 3; length++)
        {
            Assert.That(device.Take(buffer, TimeSpan.Zero, out int taken), Is.EqualTo(PacketQueueResult.Done));
            Assert.That(buffer[..taken], Is.EqualTo(Enumerable.Repeat((byte)length, length)));
        }
    }

    [Test]
    public void A_full_host_queue_drops_the_newest_and_counts_it()
    {
        using MemoryPacketDevice device = new("mem0", Mtu, capacity: 2);
        device.Write([1]);
        device.Write([2]);
        device.Write([3]);
        device.Write(new byte[Mtu + 1]);

        byte[] buffer = new byte[Mtu];
        Assert.That(device.Dropped, Is.EqualTo(2));
        device.Take(buffer, TimeSpan.Zero, out _);
        Assert.That(buffer[0], Is.EqualTo(1));
        device.Take(buffer, TimeSpan.Zero, out _);
        Assert.That(buffer[0], Is.EqualTo(2));
        Assert.That(device.Take(buffer, TimeSpan.Zero, out int length), Is.EqualTo(PacketQueueResult.Timeout));
        Assert.That(length, Is.Zero);
    }

    [Test]
    public void Waits_of_the_host_keep_their_timeout()
    {
        using MemoryPacketDevice device = new("mem0", Mtu, capacity: 1);
        TimeSpan timeout = TimeSpan.FromMilliseconds(80);

        long start = Stopwatch.GetTimestamp();
        Assert.That(device.Take(new byte[Mtu], timeout, out _), Is.EqualTo(PacketQueueResult.Timeout));
        Assert.That(Stopwatch.GetElapsedTime(start), Is.GreaterThanOrEqualTo(timeout).And.LessThan(Limit));

        device.Inject([1], TimeSpan.Zero);
        start = Stopwatch.GetTimestamp();
        Assert.That(device.Inject([2], timeout), Is.EqualTo(PacketQueueResult.Timeout));
        Assert.That(Stopwatch.GetElapsedTime(start), Is.GreaterThanOrEqualTo(timeout).And.LessThan(Limit));
    }

    [Test]
    public void Inject_waits_for_room_and_then_goes_through()
    {
        using MemoryPacketDevice device = new("mem0", Mtu, capacity: 1);
        device.Inject([1], TimeSpan.Zero);
        PacketQueueResult result = PacketQueueResult.Timeout;
        Thread host = new(() => result = device.Inject([2], Limit));
        host.Start();
        AwaitBlocked(host);

        byte[] buffer = new byte[Mtu];
        device.ReadPacket(buffer);
        Assert.That(host.Join(Limit), Is.True);
        Assert.That(result, Is.EqualTo(PacketQueueResult.Done));
        Assert.That(device.ReadPacket(buffer), Is.EqualTo(1));
        Assert.That(buffer[0], Is.EqualTo(2));
    }

    [Test]
    public void Dispose_ends_every_blocked_call()
    {
        MemoryPacketDevice full = new("mem0", Mtu, capacity: 1);
        full.Inject([1], TimeSpan.Zero);
        MemoryPacketDevice empty = new("mem1", Mtu, capacity: 1);
        int read = -1;
        PacketQueueResult put = PacketQueueResult.Done;
        PacketQueueResult take = PacketQueueResult.Done;
        Thread[] blocked =
        [
            new(() => read = empty.ReadPacket(new byte[Mtu])),
            new(() => put = full.Inject([2], Timeout.InfiniteTimeSpan)),
            new(() => take = empty.Take(new byte[Mtu], Timeout.InfiniteTimeSpan, out _)),
        ];
        Array.ForEach(blocked, thread => thread.Start());
        Array.ForEach(blocked, AwaitBlocked);

        full.Dispose();
        empty.Dispose();

        Assert.That(blocked.All(thread => thread.Join(Limit)), Is.True);
        Assert.That((read, put, take), Is.EqualTo((0, PacketQueueResult.Closed, PacketQueueResult.Closed)));
    }

    [Test]
    public void After_Dispose_the_node_reads_nothing_and_the_host_takes_what_is_left()
    {
        MemoryPacketDevice device = new("mem0", Mtu);
        device.Inject([1], TimeSpan.Zero);
        device.Write([2]);
        device.Dispose();
        device.Write([3]);

        byte[] buffer = new byte[Mtu];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(device.ReadPacket(buffer), Is.Zero);
            Assert.That(device.Take(buffer, TimeSpan.Zero, out _), Is.EqualTo(PacketQueueResult.Done));
            Assert.That(device.Take(buffer, TimeSpan.Zero, out _), Is.EqualTo(PacketQueueResult.Closed));
            Assert.That(device.Inject([4], TimeSpan.Zero), Is.EqualTo(PacketQueueResult.Closed));
            Assert.That(device.Dropped, Is.EqualTo(1));
        }
    }

    [Test]
    public void Wrong_lengths_are_errors_of_the_caller()
    {
        using MemoryPacketDevice device = new("mem0", Mtu);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => device.TryRead(new byte[Mtu - 1], out _), Throws.ArgumentException);
            Assert.That(() => device.Take(new byte[Mtu - 1], TimeSpan.Zero, out _), Throws.ArgumentException);
            Assert.That(() => device.Inject([], TimeSpan.Zero), Throws.ArgumentException);
            Assert.That(() => device.Inject(new byte[Mtu + 1], TimeSpan.Zero), Throws.ArgumentException);
        }
    }

    [Test]
    public void Many_writers_and_one_reader_lose_and_mix_nothing()
    {
        const int writers = 4;
        const int each = 5000;
        using MemoryPacketDevice device = new("mem0", Mtu, capacity: 8);
        Thread[] threads = [.. Enumerable.Range(0, writers).Select(id => new Thread(() =>
        {
            byte[] packet = new byte[100];
            packet.AsSpan().Fill((byte)id);
            for (int i = 0; i < each; i++)
            {
                BitConverter.TryWriteBytes(packet.AsSpan(1), i);
                device.Inject(packet, Timeout.InfiniteTimeSpan);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());

        int[] next = new int[writers];
        byte[] buffer = new byte[Mtu];
        for (int i = 0; i < writers * each; i++)
        {
            Assert.That(device.ReadPacket(buffer), Is.EqualTo(100));
            Assert.That(BitConverter.ToInt32(buffer, 1), Is.EqualTo(next[buffer[0]]++));
            Assert.That(buffer.AsSpan(5, 95).ContainsAnyExcept(buffer[0]), Is.False);
        }

        Assert.That(threads.All(thread => thread.Join(Limit)), Is.True);
    }

    [Test]
    public void Nothing_is_allocated_per_packet()
    {
        using MemoryPacketDevice device = new("mem0", Mtu);
        byte[] buffer = new byte[Mtu];
        Rounds(100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Rounds(5000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Rounds(int count)
        {
            for (int i = 0; i < count; i++)
            {
                device.Inject(buffer, TimeSpan.Zero);
                device.ReadPacket(buffer);
                device.Write(buffer);
                device.Take(buffer, TimeSpan.FromSeconds(1), out _);
            }
        }
    }

    private static void AwaitBlocked(Thread thread) =>
        Assert.That(SpinWait.SpinUntil(() => (thread.ThreadState & System.Threading.ThreadState.WaitSleepJoin) != 0, Limit), Is.True);
}
