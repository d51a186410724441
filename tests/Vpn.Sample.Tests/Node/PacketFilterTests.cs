using FifoDtls;
using FifoDtls.TestSupport;
using FifoVpn.Links;
using FifoVpn.Node;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Node;

/// <summary>What a node does not let through, and that it counts it. A plain endpoint with the peer's own certificate sends what no node would.</summary>
internal sealed class PacketFilterTests
{
    private TestVpn _vpn = null!;
    private VpnMember _alpha = null!;
    private VpnMember _beta = null!;
    private VpnMember _gamma = null!;

    [SetUp]
    public void MakeVpn()
    {
        _vpn = new TestVpn();
        _alpha = _vpn.Member("alpha");
        _beta = _vpn.Member("beta");
        _gamma = _vpn.Member("gamma");
    }

    [TearDown]
    public void EndVpn() => _vpn.Dispose();

    [TestCase("10.88.0.77", "10.88.0.1", TestName = "An_address_of_nobody_is_no_source")]
    [TestCase("10.88.0.3", "10.88.0.1", TestName = "Another_peers_IPv4_address_is_no_source")]
    [TestCase("fd88::3", "fd88::1", TestName = "Another_peers_IPv6_address_is_no_source")]
    [TestCase("10.88.0.1", "10.88.0.1", TestName = "The_nodes_own_address_is_no_source")]
    [CancelAfter(60_000)]
    public void Source_that_is_not_the_peers(string source, string destination)
    {
        TestNode a = _vpn.Start(_alpha, _beta.Awaited(), _gamma.Awaited());
        using DtlsPeer association = CallAsBeta(a);

        association.Send(TestNode.Packet(VpnAddress.Parse(source), VpnAddress.Parse(destination)));
        AssertOnlyNextIsDelivered(a, association);

        AssertDropped(a.Peer(_beta).Counters, DropReason.SourceNotAllowed, 1);
        Assert.That(a.Peer(_gamma).Counters.PacketsReceived, Is.Zero);
    }

    [Test]
    [CancelAfter(60_000)]
    public void Malformed_packets_of_a_peer_are_dropped()
    {
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        TestNode a = _vpn.Start(_alpha, _beta.Awaited());
        using DtlsPeer association = CallAsBeta(a);
        byte[] good = TestNode.Packet(_beta.IPv4, _alpha.IPv4);

        int sent = 0;
        Send([0x45]);
        Send(good.AsSpan(..^1)); // shorter than it says
        Send([.. good, 0]); // longer than it says
        Send([0x46, .. good.AsSpan(1..20)]); // a header longer than the packet
        for (int i = 0; i < 100; i++)
        {
            byte[] garbage = new byte[random.Next(1, 1400)];
            random.NextBytes(garbage);
            garbage[0] = (byte)(garbage[0] & 0x0F | (random.Next(7, 16) << 4)); // neither IPv4 nor IPv6
            Send(garbage);
        }

        AssertOnlyNextIsDelivered(a, association);
        AssertDropped(a.Peer(_beta).Counters, DropReason.MalformedFromPeer, sent);

        void Send(ReadOnlySpan<byte> payload)
        {
            association.Send(payload);
            sent++;
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_payload_larger_than_the_nodes_MTU_does_not_end_the_session()
    {
        TestNode a = _vpn.Start(_alpha, _beta.Awaited());
        using DtlsPeer association = CallAsBeta(a);
        int[] payloads = [2_000, 9_000, association.Negotiated!.MaxPayloadSize - IcmpEcho.PacketLength(_beta.IPv4, 0)];
        foreach (int length in payloads)
        {
            association.Send(TestNode.Packet(_beta.IPv4, _alpha.IPv4, length));
        }

        AssertOnlyNextIsDelivered(a, association);
        Assert.That(a.Device.Dropped, Is.EqualTo(payloads.Length), "the device does not take them");
        Assert.That(a.Log.Of(LogCapture.Disconnected), Is.Empty);
    }

    [Test]
    [CancelAfter(60_000)]
    public void Packets_that_nobody_has_or_that_are_none_are_counted()
    {
        TestNode a = _vpn.Start(_alpha, _beta.Awaited());
        a.Inject(TestNode.Packet(_alpha.IPv4, VpnAddress.Parse("192.0.2.1")));
        a.Inject(TestNode.Packet(_alpha.IPv6, VpnAddress.Parse("ff02::2")));
        a.Inject([0x45, 0, 0]);
        a.Inject(TestNode.Packet(_alpha.IPv4, _beta.IPv4));
        a.Inject(TestNode.Packet(_alpha.IPv6, _beta.IPv6));

        PacketCounters beta = a.Peer(_beta).Counters;
        Eventually.Equal(2, () => beta.Drops(DropReason.NotConnected), TestNode.Limit, "packets to a peer that is not there");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(a.Node.Counters.Drops(DropReason.NoRoute), Is.EqualTo(1));
            Assert.That(a.Node.Counters.Drops(DropReason.Multicast), Is.EqualTo(1));
            Assert.That(a.Node.Counters.Drops(DropReason.MalformedFromDevice), Is.EqualTo(1));
            Assert.That(a.Node.Counters.DescribeDrops(), Is.EqualTo("MalformedFromDevice 1, NoRoute 1, Multicast 1"));
            Assert.That(beta.TotalDrops, Is.EqualTo(2));
            Assert.That(beta.PacketsSent, Is.Zero);
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_packet_larger_than_a_datagram_to_the_peer_carries_is_counted_and_nothing_ends()
    {
        using DtlsEndpoint server = _vpn.Impostor(_alpha, _vpn.ContextOf(_alpha));
        using DtlsEndpoint client = _vpn.Impostor(_beta, _vpn.ContextOf(_beta));
        using DtlsPeer association = client.Connect(_alpha.Outside);
        using DtlsPeer accepted = server.TryAccept(TestNode.Limit)!;
        VpnPeer peer = new(_alpha.Awaited(), _beta.Name);
        peer.Attach(new DirectLink(association));

        peer.Send(new byte[2 * association.Negotiated!.MaxPayloadSize]); // a little less would go in two parts
        AssertDropped(peer.Counters, DropReason.TooLarge, 1);
        byte[] buffer = new byte[16_384];
        peer.Send(new byte[association.Negotiated.MaxPayloadSize]);
        Assert.That(accepted.Receive(buffer, TestNode.Limit).Length, Is.EqualTo(association.Negotiated.MaxPayloadSize));
        Assert.That(peer.Counters.PacketsSent, Is.EqualTo(1));

        association.Dispose();
        peer.Send(new byte[1]);
        Assert.That(peer.Counters.Drops(DropReason.SendFailed), Is.EqualTo(1), peer.Counters.DescribeDrops());
    }

    private DtlsPeer CallAsBeta(TestNode node)
    {
        DtlsPeer association = _vpn.Impostor(_beta, _vpn.ContextOf(_beta)).Connect(node.Member.Outside);
        node.WaitUntilConnected(_beta);
        return association;
    }

    /// <summary>What was sent before has been dropped: a good packet sent after it is the first that comes out.</summary>
    private void AssertOnlyNextIsDelivered(TestNode node, DtlsPeer association)
    {
        byte[] good = TestNode.Packet(_beta.IPv4, node.Member.IPv4);
        association.Send(good);
        Assert.That(node.Take().SequenceEqual(good), Is.True, "the good packet comes out, and nothing before it");
        node.AssertNothingDelivered();
    }

    private static void AssertDropped(PacketCounters counters, DropReason reason, long count) =>
        Assert.That(counters.DescribeDrops(), Is.EqualTo($"{reason} {count}"));
}
