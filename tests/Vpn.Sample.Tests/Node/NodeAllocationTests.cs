using FifoVpn.Devices;

namespace FifoVpn.Tests.Node;

/// <summary>The packet path is free of garbage.</summary>
[NonParallelizable] // the measure is what the whole process allocates
internal sealed class NodeAllocationTests
{
    private const int Packets = 20_000;
    private const int Attempts = 5;
    private const int InFlight = 32; // well below what sockets and FIFOs hold, so that nothing is lost

    [Test]
    [CancelAfter(120_000)]
    public void Twenty_thousand_packets_allocate_next_to_nothing()
    {
        using TestVpn vpn = new();
        VpnMember alpha = vpn.Member("alpha");
        VpnMember beta = vpn.Member("beta");
        TestNode a = vpn.Start(alpha, beta.Called());
        TestNode b = vpn.Start(beta, alpha.Awaited());
        a.WaitUntilConnected(beta);
        byte[] packet = TestNode.Packet(alpha.IPv4, beta.IPv4, 1000);
        byte[] buffer = new byte[a.Device.Mtu];
        Exchange(a.Device, b.Device, packet, buffer, 2_000); // pools fill, methods are compiled

        // FIFOs keep the buffers of their deepest moment, which may come late; garbage per packet would show in every attempt.
        long allocated = long.MaxValue;
        for (int attempt = 1; attempt <= Attempts && allocated >= Packets; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            int arrived = Exchange(a.Device, b.Device, packet, buffer, Packets);
            allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            TestContext.Out.WriteLine($"{allocated} bytes for {arrived} packets");
            Assert.That(arrived, Is.EqualTo(Packets));
        }

        Assert.That(allocated, Is.LessThan(Packets), "less than one byte for a packet");
    }

    private static int Exchange(MemoryPacketDevice from, MemoryPacketDevice to, byte[] packet, byte[] buffer, int packets)
    {
        int arrived = 0;
        for (int sent = 0; sent < packets; sent += InFlight)
        {
            int burst = Math.Min(InFlight, packets - sent);
            for (int i = 0; i < burst; i++)
            {
                from.Inject(packet, TestNode.Limit);
            }

            for (int i = 0; i < burst && to.Take(buffer, TestNode.Limit, out _) == PacketQueueResult.Done; i++)
            {
                arrived++;
            }
        }

        return arrived;
    }
}
