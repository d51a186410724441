using FifoVpn.Shaping;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoVpn.Tests.Shaping;

/// <summary>Neither who queues nor the thread that sends makes garbage.</summary>
[NonParallelizable] // the measure is what the whole process allocates
internal sealed class PacketShaperAllocationTests
{
    private const int Packets = 20_000;
    private const int Attempts = 5;

    [Test]
    [CancelAfter(120_000)]
    public void Twenty_thousand_packets_through_the_thread_allocate_next_to_nothing()
    {
        using SemaphoreSlim sent = new(0);
        using PacketShaper shaper = new(1_000_000_000, NullLogger.Instance);
        shaper.Start();
        ShapedQueue queue = shaper.CreateQueue(900_000_000, _ => sent.Release());
        byte[] packet = new byte[1000];
        Exchange(queue, sent, packet, 2000);

        long allocated = long.MaxValue;
        for (int attempt = 1; attempt <= Attempts && allocated >= Packets; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Exchange(queue, sent, packet, Packets);
            allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            TestContext.Out.WriteLine($"{allocated} bytes");
        }

        Assert.That(allocated, Is.LessThan(Packets), "less than one byte for a packet");
    }

    private static void Exchange(ShapedQueue queue, SemaphoreSlim sent, byte[] packet, int packets)
    {
        const int burst = 32;
        for (int i = 0; i < packets; i += burst)
        {
            for (int k = 0; k < burst; k++)
            {
                if (!queue.Enqueue(packet))
                {
                    throw new InvalidOperationException("32 packets always have room.");
                }
            }

            for (int k = 0; k < burst; k++)
            {
                if (!sent.Wait(TimeSpan.FromSeconds(10)))
                {
                    throw new TimeoutException("A packet was not sent.");
                }
            }
        }
    }
}
