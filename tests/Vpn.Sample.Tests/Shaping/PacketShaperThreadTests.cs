using System.Buffers.Binary;
using System.Diagnostics;
using FifoDtls.TestSupport;
using FifoVpn.Shaping;
using FifoVpn.Tests.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoVpn.Tests.Shaping;

/// <summary>The shaper with its thread and the real clock.</summary>
internal sealed class PacketShaperThreadTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Test]
    [CancelAfter(60_000)]
    public void Queued_packets_go_by_themselves_and_not_before_their_tokens_are_there()
    {
        using PacketShaper shaper = new(null, NullLogger.Instance);
        shaper.Start();
        using SemaphoreSlim sent = new(0);
        ShapedQueue queue = shaper.CreateQueue(100_000, _ => sent.Release());
        const int burst = 16 * 1024;
        long start = Stopwatch.GetTimestamp();
        int bytes = 10_000;
        while (queue.TryPass(1000))
        {
            bytes += 1000;
        }

        for (int i = 0; i < 10; i++)
        {
            Assert.That(queue.Enqueue(new byte[1000]), Is.True);
        }

        for (int i = 0; i < 10; i++)
        {
            Assert.That(sent.Wait(Limit), Is.True);
        }

        Assert.That(Stopwatch.GetElapsedTime(start).TotalSeconds, Is.GreaterThanOrEqualTo((bytes - burst) / 100_000.0));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_flooded_peer_keeps_its_rate_and_a_pinged_one_is_not_delayed()
    {
        using PacketShaper shaper = new(null, NullLogger.Instance);
        shaper.Start();
        long flooded = 0;
        ShapedQueue slow = shaper.CreateQueue(1_000_000, packet => Interlocked.Add(ref flooded, packet.Length));
        ShapedQueue other = shaper.CreateQueue(1_000_000, _ => { });
        long start = Stopwatch.GetTimestamp();
        int pings = 0;
        byte[] packet = new byte[1400];
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < 2)
        {
            slow.Enqueue(packet);
            if (Stopwatch.GetElapsedTime(start).TotalMilliseconds >= pings * 10)
            {
                Assert.That(other.TryPass(100), Is.True);
                pings++;
            }
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Assert.That(Interlocked.Read(ref flooded), Is.LessThanOrEqualTo((1_000_000 * seconds) + 50_000 + 1400));
        Assert.That(Interlocked.Read(ref flooded), Is.GreaterThan(1_000_000 * seconds * 0.5), "the machine may be busy; the exact rate is tested on paper");
        Assert.That(pings, Is.GreaterThan(50));
    }

    [Test]
    [CancelAfter(120_000)]
    public void What_was_taken_is_sent_once_and_each_producer_keeps_its_order()
    {
        const int producers = 3;
        const int packets = 20_000;
        using PacketShaper shaper = new(200_000_000, NullLogger.Instance);
        shaper.Start();
        int[] next = new int[producers];
        bool disordered = false;
        object gate = new();
        ShapedQueue[] queues = new ShapedQueue[producers];
        for (int i = 0; i < producers; i++)
        {
            queues[i] = shaper.CreateQueue(50_000_000, Receive);
        }

        BlockingThread.JoinAll(Limit, [.. Enumerable.Range(0, producers).Select(i => BlockingThread.Start($"producer {i}", () => Produce(i)))]);
        Eventually.True(() => next.Sum() == producers * packets, Limit, "all packets were sent");
        Assert.That(disordered, Is.False);

        void Receive(ReadOnlySpan<byte> packet)
        {
            lock (gate)
            {
                int producer = packet[4];
                disordered |= BinaryPrimitives.ReadInt32BigEndian(packet) != next[producer];
                next[producer]++;
            }
        }

        void Produce(int producer)
        {
            byte[] packet = new byte[500];
            packet[4] = (byte)producer;
            for (int number = 0; number < packets; number++)
            {
                BinaryPrimitives.WriteInt32BigEndian(packet, number);
                if (queues[producer].TryPass(packet.Length))
                {
                    Receive(packet);
                }
                else if (!queues[producer].Enqueue(packet))
                {
                    number--; // full: a busy machine; the same one again
                    Thread.Yield();
                }
            }
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_sender_that_throws_loses_its_own_packets_only_and_is_logged_once()
    {
        using LogCapture log = new();
        using PacketShaper shaper = new(10_000_000, log.CreateLogger("shaper"));
        shaper.Start();
        int sent = 0;
        ShapedQueue bad = shaper.CreateQueue(null, _ => throw new InvalidOperationException("no way out"));
        ShapedQueue good = shaper.CreateQueue(null, _ => Interlocked.Increment(ref sent));
        for (int i = 0; i < 20; i++)
        {
            Assert.That(bad.Enqueue(new byte[100]) && good.Enqueue(new byte[100]), Is.True);
        }

        Eventually.Equal(20, () => Volatile.Read(ref sent), Limit, "packets of the good peer");
        Eventually.Equal(20L, () => bad.SendFailures, Limit, "failures of the bad peer");
        Assert.That(log.Of(160), Has.Count.EqualTo(1));
        Assert.That(good.SendFailures, Is.Zero);
    }

    [Test]
    [CancelAfter(60_000)]
    public void Nothing_overtakes_the_packet_that_is_with_the_sender_and_dispose_does_not_wait_for_a_blocked_one_for_ever()
    {
        using LogCapture log = new();
        using ManualResetEventSlim entered = new();
        ManualResetEventSlim leave = new(); // not disposed: the thread may still be in it at the end
        PacketShaper shaper = new(null, log.CreateLogger("shaper")) { JoinLimit = TimeSpan.FromMilliseconds(100) };
        shaper.Start();
        ShapedQueue blocked = shaper.CreateQueue(10_000_000, _ =>
        {
            entered.Set();
            leave.Wait();
        });
        ShapedQueue other = shaper.CreateQueue(10_000_000, _ => { });
        blocked.Enqueue(new byte[100]);
        Assert.That(entered.Wait(Limit), Is.True);

        Assert.That(blocked.QueuedBytes, Is.Zero);
        Assert.That(blocked.TryPass(10), Is.False, "would overtake");
        Assert.That(blocked.Enqueue(new byte[10]), Is.True, "queues while the sender runs: no lock is held");
        Assert.That(other.TryPass(1400), Is.True, "the fast path of others needs no thread");
        Watchdog.Run(Limit, shaper.Dispose, "Dispose with a blocked sender");
        Assert.That(log.Of(161), Has.Count.EqualTo(1));
        Assert.That(other.TryPass(10) || other.Enqueue(new byte[10]), Is.False, "disposed");
        leave.Set();
    }

    [Test]
    [CancelAfter(60_000)]
    public void Dispose_while_full_ends_the_thread_and_sends_nothing_more()
    {
        int sent = 0;
        PacketShaper shaper = new(1000, NullLogger.Instance);
        shaper.Start();
        ShapedQueue[] queues = [.. Enumerable.Range(0, 5).Select(i => shaper.CreateQueue(i < 3 ? 1000 : null, _ => Interlocked.Increment(ref sent)))];
        foreach (ShapedQueue queue in queues)
        {
            while (queue.Enqueue(new byte[1400]))
            {
            }
        }

        Watchdog.Run(Limit, shaper.Dispose, "Dispose while full");
        int after = Volatile.Read(ref sent);
        Assert.That(after, Is.LessThan(5 * 46));
        Assert.That(queues.Any(queue => queue.Enqueue(new byte[1]) || queue.TryPass(1)), Is.False);
        Watchdog.Run(Limit, shaper.Dispose, "Dispose again");
        Assert.That(Volatile.Read(ref sent), Is.EqualTo(after));
        Assert.That(shaper.Start, Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_sender_may_dispose_its_queue_and_the_shaper()
    {
        using ManualResetEventSlim done = new();
        PacketShaper shaper = new(null, NullLogger.Instance);
        ShapedQueue? queue = null;
        queue = shaper.CreateQueue(1_000_000, _ =>
        {
            queue!.Dispose();
            shaper.Dispose();
            done.Set();
        });
        queue.Enqueue(new byte[100]);
        shaper.Start();

        Assert.That(done.Wait(Limit), Is.True, "what was queued before the start goes too");
        Assert.That(queue.Enqueue(new byte[100]), Is.False);
    }

    [Test]
    [CancelAfter(60_000)]
    public void Started_once()
    {
        using PacketShaper shaper = new(1000, NullLogger.Instance);
        shaper.Start();
        Assert.That(shaper.Start, Throws.InvalidOperationException);
    }
}
