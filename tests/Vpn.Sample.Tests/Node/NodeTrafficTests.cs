using FifoDtls.TestSupport;
using FifoVpn.Node;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Node;

/// <summary>Packets between two nodes.</summary>
internal sealed class NodeTrafficTests
{
    [TestCase(false)]
    [TestCase(true)]
    [CancelAfter(60_000)]
    public void Packets_of_both_families_and_all_sizes_cross_both_ways_intact(bool outsideIPv6)
    {
        if (outsideIPv6)
        {
            Requires.IPv6();
        }

        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        using TestVpn vpn = new();
        VpnMember alpha = vpn.Member("alpha", outsideIPv6);
        VpnMember beta = vpn.Member("beta", outsideIPv6);
        TestNode a = vpn.Start(alpha, beta.Called());
        TestNode b = vpn.Start(beta, alpha.Called());
        a.WaitUntilConnected(beta);
        b.WaitUntilConnected(alpha);

        const int rounds = 200;
        int greatest = VpnNodeOptions.DefaultMtu - IcmpEcho.PacketLength(alpha.IPv6, 0);
        for (int i = 0; i < rounds; i++)
        {
            int length = i == 0 ? greatest : random.Next(0, greatest);
            a.AssertReaches(b, length);
            b.AssertReaches(a, length);
        }

        AssertCounted(a.Peer(beta).Counters, b.Peer(alpha).Counters, packets: 2 * rounds);
        AssertCounted(b.Peer(alpha).Counters, a.Peer(beta).Counters, packets: 2 * rounds);
        Assert.That((a.Device.Dropped, b.Device.Dropped), Is.EqualTo((0L, 0L)));
    }

    [Test]
    [CancelAfter(60_000)]
    public void The_largest_packet_of_the_MTU_fits()
    {
        using TestVpn vpn = new();
        VpnMember alpha = vpn.Member("alpha");
        VpnMember beta = vpn.Member("beta");
        TestNode a = vpn.Start(alpha, beta.Called());
        TestNode b = vpn.Start(beta, alpha.Awaited());
        a.WaitUntilConnected(beta);

        byte[] packet = TestNode.Packet(alpha.IPv4, beta.IPv4, VpnNodeOptions.DefaultMtu - IcmpEcho.PacketLength(alpha.IPv4, 0));
        Assert.That(packet, Has.Length.EqualTo(VpnNodeOptions.DefaultMtu));
        a.Inject(packet);
        Assert.That(b.Take().SequenceEqual(packet), Is.True);
        Assert.That(a.Peer(beta).Link!.Negotiated.MaxPayloadSize, Is.GreaterThanOrEqualTo(VpnNodeOptions.DefaultMtu));
    }

    [Test]
    [CancelAfter(60_000)]
    public void Packets_find_the_peer_that_has_the_destination()
    {
        using TestVpn vpn = new();
        VpnMember hub = vpn.Member("hub");
        VpnMember[] spokes = [vpn.Member("north"), vpn.Member("south"), vpn.Member("west")];
        TestNode center = vpn.Start(hub, [.. spokes.Select(spoke => spoke.Awaited())]);
        TestNode[] nodes = [.. spokes.Select(spoke => vpn.Start(spoke, hub.Called()))];
        foreach (VpnMember spoke in spokes)
        {
            center.WaitUntilConnected(spoke);
        }

        foreach (TestNode node in nodes)
        {
            center.AssertReaches(node);
            node.WaitUntilConnected(hub);
            node.AssertReaches(center);
        }

        foreach (TestNode node in nodes)
        {
            node.AssertNothingDelivered();
        }
    }

    private static void AssertCounted(PacketCounters sender, PacketCounters receiver, int packets)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(receiver.PacketsReceived, Is.EqualTo(packets));
            Assert.That(receiver.TotalDrops, Is.Zero, receiver.DescribeDrops());
        }

        // The sender counts after the datagram has gone, and the packet may be there before that.
        Eventually.Equal((packets, receiver.BytesReceived), () => (sender.PacketsSent, sender.BytesSent), TestNode.Limit, "packets and bytes sent");
    }
}
