using FifoVpn.Shaping;
using FifoVpn.Tests.Packets;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoVpn.Tests.Shaping;

/// <summary>What goes when, on a clock that the test moves.</summary>
internal sealed class PacketShaperScheduleTests
{
    private const long Second = ShaperOnPaper.Second;
    private const int Burst = 16 * 1024;

    [TestCase(100_000L, null)]
    [TestCase(null, 100_000L)]
    [TestCase(100_000L, 250_000L)]
    [TestCase(250_000L, 100_000L)]
    public void A_flooded_peer_gets_the_lower_rate_and_one_burst(long? rate, long? global)
    {
        using ShaperOnPaper paper = new(global);
        ShapedQueue queue = paper.Peer(1, rate);
        long start = paper.Clock.Now;
        Flood(paper, [queue], start + (30 * Second), _ => 1400);

        Assert.That(paper.BytesOf(1), Is.EqualTo((30 * 100_000) + Burst).Within(1400));
        foreach ((_, _, _, long at) in paper.Sent)
        {
            long soFar = paper.Sent.TakeWhile(s => s.At <= at).Sum(s => (long)s.Length);
            Assert.That(soFar, Is.LessThanOrEqualTo(Burst + (100_000 * (at - start) / Second)), "never above rate and burst");
            if (at > start + Second)
            {
                break; // the sum is quadratic; the rest is covered by the total
            }
        }
    }

    [Test]
    public void Peers_share_the_global_rate_by_bytes_whatever_their_packets()
    {
        Random random = Checked.Seeded();
        using ShaperOnPaper paper = new(1_000_000);
        ShapedQueue[] queues = [.. Enumerable.Range(0, 4).Select(i => paper.Peer(i, null))];
        Flood(paper, queues, paper.Clock.Now + (10 * Second), peer => peer switch { 0 => 64, 1 => 1400, 2 => random.Next(40, 1400), _ => 9000 });

        long[] bytes = new long[4];
        foreach ((int peer, _, int length, _) in paper.Sent)
        {
            bytes[peer] += length;
            long[] small = bytes[..3];
            Assert.That(small.Max() - small.Min(), Is.LessThanOrEqualTo(ShapingSchedule.Quantum + 1400));
            Assert.That(bytes.Max() - bytes.Min(), Is.LessThanOrEqualTo(ShapingSchedule.Quantum + 9000));
        }

        Assert.That(bytes.Sum(), Is.EqualTo(10_000_000 + 50_000).Within(9000));
    }

    [Test]
    public void What_a_slow_peer_leaves_of_the_global_rate_the_others_get()
    {
        using ShaperOnPaper paper = new(1_000_000);
        ShapedQueue slow = paper.Peer(0, 100_000);
        ShapedQueue[] queues = [slow, paper.Peer(1, null), paper.Peer(2, 10_000_000)];
        Flood(paper, queues, paper.Clock.Now + (20 * Second), _ => 1400);

        Assert.That(paper.BytesOf(0), Is.EqualTo(2_000_000 + Burst).Within(4200));
        Assert.That(paper.BytesOf(1), Is.EqualTo(9_000_000).Within(40_000));
        Assert.That(paper.BytesOf(2), Is.EqualTo(paper.BytesOf(1)).Within(ShapingSchedule.Quantum + 1400));
    }

    [Test]
    public void Order_within_a_peer_is_kept_and_nothing_is_lost_or_doubled()
    {
        Random random = Checked.Seeded();
        using ShaperOnPaper paper = new(400_000);
        ShapedQueue[] queues = [.. Enumerable.Range(0, 5).Select(i => paper.Peer(i, i == 0 ? null : i * 50_000))];
        int[] next = new int[5];
        for (int round = 0; round < 20_000; round++)
        {
            int peer = random.Next(5);
            int length = random.Next(20, 1500);
            if (queues[peer].TryPass(length))
            {
                paper.Sent.Add((peer, next[peer]++, length, paper.Clock.Now));
            }
            else if (queues[peer].Enqueue(ShaperOnPaper.Packet(next[peer], length)))
            {
                next[peer]++;
            }

            paper.RunUntil(paper.Clock.Now + random.Next(4_000_000));
        }

        paper.RunUntil(paper.Clock.Now + (10 * Second));
        for (int peer = 0; peer < 5; peer++)
        {
            Assert.That(paper.Sent.Where(s => s.Peer == peer).Select(s => s.Number), Is.EqualTo(Enumerable.Range(0, next[peer])));
        }

        Assert.That(paper.Sent.Sum(s => (long)s.Length), Is.GreaterThan(5_000_000), "the test did something");
    }

    [Test]
    public void Below_the_rate_nothing_is_refused_and_nothing_waits_long()
    {
        Random random = Checked.Seeded();
        using ShaperOnPaper paper = new(1_000_000);
        ShapedQueue[] queues = [paper.Peer(0, 500_000), paper.Peer(1, null)];
        int[] sent = new int[2];
        for (int burst = 0; burst < 2000; burst++)
        {
            // 27,000 bytes every 30 ms: 90 % of the global rate; two of five for the first peer, 72 % of its own.
            int peer = burst % 5 < 2 ? 0 : 1;
            for (int i = 0; i < 27; i++)
            {
                int length = random.Next(900, 1100);
                if (!queues[peer].TryPass(length))
                {
                    Assert.That(queues[peer].Enqueue(ShaperOnPaper.Packet(sent[peer], length)), Is.True, "never full");
                }

                sent[peer]++;
            }

            paper.RunUntil(paper.Clock.Now + (30 * Second / 1000));
        }

        paper.RunUntil(paper.Clock.Now + (Second / 10));
        Assert.That(queues.Select(queue => queue.QueuedBytes), Is.All.Zero);
        Assert.That(paper.Sent, Is.Not.Empty, "bursts had to wait");
    }

    [Test]
    public void An_unloaded_peer_passes_at_once_until_its_tokens_are_used_up()
    {
        using ShaperOnPaper paper = new(null);
        ShapedQueue queue = paper.Peer(1, 100_000);
        int passed = 0;
        while (queue.TryPass(1000))
        {
            passed++;
        }

        Assert.That(passed, Is.EqualTo(Burst / 1000));
        Assert.That(queue.Enqueue(ShaperOnPaper.Packet(0, 1000)), Is.True);
        paper.Clock.Now += Second;
        Assert.That(queue.TryPass(10), Is.False, "would overtake what waits");
        paper.RunUntil(paper.Clock.Now);
        Assert.That(queue.TryPass(10), Is.True);
    }

    [Test]
    public void Nobody_passes_while_others_wait_for_the_global_rate()
    {
        using ShaperOnPaper paper = new(100_000);
        ShapedQueue busy = paper.Peer(1, null);
        ShapedQueue other = paper.Peer(2, null);
        while (busy.TryPass(1000))
        {
        }

        busy.Enqueue(ShaperOnPaper.Packet(0, 1400));
        paper.Clock.Now += Second / 1000;
        Assert.That(other.TryPass(50), Is.False);
        other.Enqueue(ShaperOnPaper.Packet(0, 50));
        paper.RunUntil(paper.Clock.Now + Second);
        Assert.That(paper.Sent.Select(s => s.Peer), Is.EqualTo([1, 2]));
        Assert.That(other.TryPass(50), Is.True);
    }

    [Test]
    public void A_peer_at_its_limit_is_not_in_the_way_of_the_others()
    {
        using ShaperOnPaper paper = new(1_000_000);
        ShapedQueue slow = paper.Peer(1, 10_000);
        ShapedQueue other = paper.Peer(2, null);
        while (slow.TryPass(1000) || slow.Enqueue(new byte[1000]))
        {
        }

        paper.RunUntil(paper.Clock.Now + (Second / 10));
        Assert.That(slow.QueuedBytes, Is.GreaterThan(60_000));
        Assert.That(other.TryPass(1400), Is.True);
    }

    [TestCase(1L, null, 65_536)]
    [TestCase(100_000L, null, 65_536)]
    [TestCase(1_000_000L, null, 200_000)]
    [TestCase(1_000_000L, 500_000L, 100_000)]
    [TestCase(null, 2_000_000L, 400_000)]
    [TestCase(null, null, 65_536)]
    [TestCase(1_000_000_000_000L, null, 16_777_216)]
    public void A_queue_holds_200_ms_of_its_rate_within_limits(long? rate, long? global, int capacity)
    {
        using ShaperOnPaper paper = new(global);
        ShapedQueue queue = paper.Peer(1, rate);
        int queued = 0;
        while (queue.Enqueue(new byte[1000]))
        {
            queued += 1000;
        }

        Assert.That(queue.CapacityBytes, Is.EqualTo(capacity));
        Assert.That(queued, Is.EqualTo(capacity / 1000 * 1000));
        Assert.That(queue.QueuedBytes, Is.EqualTo(queued));
    }

    [Test]
    public void Cleared_and_disposed_queues_send_nothing_more_and_leave_the_others_alone([Values] bool dispose, [Values] bool waitsForItsOwnRate)
    {
        using ShaperOnPaper paper = new(100_000);
        ShapedQueue gone = paper.Peer(1, waitsForItsOwnRate ? 1000 : null);
        ShapedQueue other = paper.Peer(2, null);
        while (gone.TryPass(1000) || other.TryPass(1000))
        {
        }

        for (int i = 0; i < 10; i++)
        {
            gone.Enqueue(new byte[1000]);
            other.Enqueue(ShaperOnPaper.Packet(i, 1000));
        }

        if (dispose)
        {
            gone.Dispose();
        }
        else
        {
            Assert.That(gone.Clear(), Is.EqualTo(10));
        }

        paper.RunUntil(paper.Clock.Now + Second);
        Assert.That(paper.Sent.Select(s => s.Peer), Is.EqualTo(Enumerable.Repeat(2, 10)));
        Assert.That(gone.QueuedBytes, Is.Zero);
        paper.Clock.Now += 100 * Second;
        Assert.That(gone.TryPass(100), Is.EqualTo(!dispose));
        Assert.That(gone.Enqueue(new byte[100]), Is.EqualTo(!dispose));
    }

    [Test]
    public void Packets_of_every_length_go_and_no_others()
    {
        using ShaperOnPaper paper = new(1_000_000);
        ShapedQueue queue = paper.Peer(1, 1_000_000);
        foreach (int length in (int[])[1, ushort.MaxValue, 20_000, ushort.MaxValue])
        {
            Assert.That(queue.Enqueue(new byte[length]), Is.True);
        }

        paper.RunUntil(paper.Clock.Now + Second);
        Assert.That(paper.Sent.Select(s => s.Length), Is.EqualTo([1, ushort.MaxValue, 20_000, ushort.MaxValue]));
        Assert.That(() => queue.Enqueue([]), Throws.ArgumentException);
        Assert.That(() => queue.Enqueue(new byte[ushort.MaxValue + 1]), Throws.ArgumentException);
    }

    [TestCase(0)]
    [TestCase(-5)]
    [TestCase(1_000_000_000_001)]
    public void Rates_out_of_range_are_refused(long rate)
    {
        Assert.That(() => new PacketShaper(rate, NullLogger.Instance), Throws.InstanceOf<ArgumentOutOfRangeException>());
        using PacketShaper shaper = new(null, NullLogger.Instance);
        Assert.That(() => shaper.CreateQueue(rate, _ => { }), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_packet_allocates_nothing()
    {
        using ShaperOnPaper paper = new(2_000_000);
        int sent = 0;
        ShapedQueue[] queues = [.. Enumerable.Range(0, 10).Select(i => paper.Shaper.CreateQueue(i < 5 ? 200_000 : null, _ => sent++))];
        byte[] packet = new byte[1000];
        byte[] buffer = new byte[ShapedQueue.MaxPacketLength];
        Run(paper, queues, packet, buffer);
        int before = sent;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Run(paper, queues, packet, buffer);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - allocated, Is.Zero);
        Assert.That(sent - before, Is.GreaterThan(1000));

        static void Run(ShaperOnPaper paper, ShapedQueue[] queues, byte[] packet, byte[] buffer)
        {
            for (int round = 0; round < 1000; round++)
            {
                foreach (ShapedQueue queue in queues)
                {
                    _ = queue.TryPass(packet.Length) || queue.Enqueue(packet);
                }

                paper.Clock.Now += Second / 1000;
                paper.Shaper.SendDue(buffer);
            }
        }
    }

    /// <summary>Keeps every queue full until then.</summary>
    private static void Flood(ShaperOnPaper paper, ShapedQueue[] queues, long end, Func<int, int> length)
    {
        while (paper.Clock.Now < end)
        {
            for (int peer = 0; peer < queues.Length; peer++)
            {
                while (queues[peer].Enqueue(new byte[length(peer)]))
                {
                }
            }

            paper.RunUntil(Math.Min(end, paper.Clock.Now + (Second / 50)));
        }
    }
}
