using FifoDtls;
using FifoDtls.TestSupport;
using FifoVpn.Configuration;
using FifoVpn.Node;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Node;

/// <summary>A node between two others, and packets that are for no single one.</summary>
[Parallelizable(ParallelScope.Children)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class NodeHubTests : IDisposable
{
    private const int HopLimitV4 = 8;
    private const int HopLimitV6 = 7;

    private readonly TestVpn _vpn = new();
    private readonly VpnMember _hub;
    private readonly VpnMember _north;
    private readonly VpnMember _south;

    public NodeHubTests()
    {
        _hub = _vpn.Member("hub");
        _north = _vpn.Member("north");
        _south = _vpn.Member("south");
    }

    public void Dispose() => _vpn.Dispose();

    [Test]
    [CancelAfter(60_000)]
    public void Spokes_reach_each_other_through_a_hub_that_forwards()
    {
        (TestNode hub, TestNode north, TestNode south) = Start(forward: true);
        foreach ((VpnAddress source, VpnAddress destination) in new[] { (_north.IPv4, _south.IPv4), (_north.IPv6, _south.IPv6) })
        {
            byte[] packet = TestNode.Packet(source, destination);
            int at = source.IsIPv6 ? HopLimitV6 : HopLimitV4;
            north.Inject(packet);
            byte[] arrived = south.Take().ToArray();
            Assert.That(arrived[at], Is.EqualTo(packet[at] - 1), "one hop");
            Assert.That(arrived.AsSpan(20 + (source.IsIPv6 ? 20 : 0)).SequenceEqual(packet.AsSpan(20 + (source.IsIPv6 ? 20 : 0))), Is.True);
            Assert.That(IpPacket.TryParse(arrived, out _, out _), Is.True);
            Assert.That(source.IsIPv6 || InternetChecksum.Finish(InternetChecksum.Add(0, arrived.AsSpan(0, 20))) == 0, Is.True, "header checksum");
        }

        hub.AssertNothingDelivered();
        Assert.That(hub.Peer(_north).Counters.PacketsReceived, Is.EqualTo(2));
        south.AssertReaches(hub);
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_hub_that_does_not_forward_leaves_the_packet_to_its_system()
    {
        (TestNode hub, TestNode north, TestNode south) = Start(forward: false);
        byte[] packet = TestNode.Packet(_north.IPv4, _south.IPv4);
        north.Inject(packet);
        Assert.That(hub.Take().SequenceEqual(packet), Is.True);
        south.AssertNothingDelivered();
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_packet_at_its_last_hop_is_answered()
    {
        (TestNode hub, TestNode north, TestNode south) = Start(forward: true);
        byte[] packet = TestNode.Packet(_north.IPv6, _south.IPv6);
        packet[HopLimitV6] = 1;
        north.Inject(packet);
        byte[] answer = north.Take().ToArray();
        Assert.That(IpPacket.TryParse(answer, out IpPacket parsed, out _), Is.True);
        Assert.That((parsed.Source, parsed.Destination, answer[40]), Is.EqualTo((_hub.IPv6, _north.IPv6, (byte)3)), "time exceeded, by the hub");
        Assert.That(hub.Peer(_north).Counters.Drops(DropReason.HopLimit), Is.EqualTo(1));
        south.AssertNothingDelivered();
    }

    [Test]
    [CancelAfter(60_000)]
    public void Nobody_speaks_for_another_through_a_hub()
    {
        (TestNode hub, TestNode north, TestNode south) = Start(forward: true);
        north.Inject(TestNode.Packet(_south.IPv4, _hub.IPv4));
        north.Inject(TestNode.Packet(_hub.IPv4, _south.IPv4));
        Eventually.Equal(2, () => hub.Peer(_north).Counters.Drops(DropReason.SourceNotAllowed), TestNode.Limit, "packets refused");
        hub.AssertNothingDelivered();
        south.AssertNothingDelivered();
    }

    /// <summary>"All of the network is behind the gateway" must not take in the node itself.</summary>
    [Test]
    [CancelAfter(60_000)]
    public void A_nodes_own_address_is_never_behind_a_peer()
    {
        TestNodeSettings settings = new() { HasAddresses = true, Forward = true };
        PeerConfig gateway = _south.Called() with { AllowedAddresses = [IpPrefix.Parse("10.88.0.0/16"), IpPrefix.Parse("0.0.0.0/0")] };
        TestNode south = _vpn.Start(_south, settings, _hub.Awaited() with { AllowedAddresses = [IpPrefix.Parse("10.88.0.0/16")] });
        TestNode hub = _vpn.Start(_hub, settings, gateway, _north.Awaited());
        TestNode north = _vpn.Start(_north, settings, _hub.Called() with { AllowedAddresses = [IpPrefix.Parse("0.0.0.0/0")] });
        hub.WaitUntilConnected(_south);
        hub.WaitUntilConnected(_north);
        byte[] packet = TestNode.Packet(_north.IPv4, _hub.IPv4);
        north.Inject(packet);
        Assert.That(hub.Take().SequenceEqual(packet), Is.True, "to the hub itself");

        south.Inject(TestNode.Packet(_hub.IPv4, _north.IPv4));
        Eventually.Equal(1, () => hub.Peer(_south).Counters.Drops(DropReason.SourceNotAllowed), TestNode.Limit, "packets in the hub's own name");
        north.AssertNothingDelivered();
    }

    [Test]
    [CancelAfter(60_000)]
    public void Packets_for_many_are_counted_and_go_nowhere()
    {
        (TestNode hub, TestNode north, TestNode _) = Start(forward: true);
        string[] many = ["224.0.0.251", "255.255.255.255", "10.88.0.255"];
        foreach (string address in many)
        {
            north.Inject(TestNode.Packet(_north.IPv4, VpnAddress.Parse(address)));
        }

        north.Inject(TestNode.Packet(_north.IPv6, VpnAddress.Parse("ff02::fb")));
        Eventually.Equal(4, () => north.Node.Counters.Drops(DropReason.Multicast), TestNode.Limit, "packets for many");
        north.Inject(TestNode.Packet(_north.IPv4, VpnAddress.Parse("10.88.0.77")));
        Eventually.Equal(1, () => north.Node.Counters.Drops(DropReason.NoRoute), TestNode.Limit, "packets for nobody");
        hub.AssertNothingDelivered();
    }

    /// <summary>What a peer sends that is no packet ends nothing.</summary>
    [Test]
    [CancelAfter(60_000)]
    public void Random_messages_end_nothing_and_the_malformed_ones_are_counted()
    {
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        TestNode hub = _vpn.Start(_hub, new TestNodeSettings { HasAddresses = true, Keepalive = TimeSpan.FromMilliseconds(500) }, _north.Awaited());
        using DtlsEndpoint endpoint = _vpn.Impostor(_north, _vpn.ContextOf(_north));
        using DtlsPeer association = endpoint.Connect(_hub.Outside);
        hub.WaitUntilConnected(_north);
        byte[] payload = new byte[1_400];
        byte[] answers = new byte[16_384];
        for (int i = 0; i < 3_000; i++)
        {
            Span<byte> message = payload.AsSpan(0, random.Next(1, random.Next(2, payload.Length)));
            random.NextBytes(message);
            message[0] = (byte)random.Next(0, random.Next(2) == 0 ? 0x17 : 0x100);
            association.Send(message);
            while (association.TryReceive(answers, out DtlsReceiveResult result))
            {
                Assert.That(result.HasData, Is.True, "it lives");
            }
        }

        byte[] packet = TestNode.Packet(_north.IPv4, _hub.IPv4);
        long malformed = 0;
        Eventually.True(
            () =>
            {
                association.Send(packet);
                return hub.Device.Take(answers, TimeSpan.Zero, out int length) == FifoVpn.Devices.PacketQueueResult.Done && answers.AsSpan(0, length).SequenceEqual(packet);
            },
            TestNode.Limit,
            "a packet still arrives");
        malformed = hub.Peer(_north).Counters.Drops(DropReason.MalformedFromPeer);
        Assert.That(malformed, Is.GreaterThan(500));
        Assert.That(hub.Log.Of(LogCapture.Disconnected), Is.Empty);
        Assert.That(hub.Node.Peers[0].Link, Is.Not.Null);
    }

    private (TestNode Hub, TestNode North, TestNode South) Start(bool forward)
    {
        TestNodeSettings settings = new() { HasAddresses = true, Forward = forward };
        PeerConfig throughHub = _hub.Called() with { AllowedAddresses = [IpPrefix.Parse("10.88.0.2/31"), IpPrefix.Parse("fd88::2/127")] };
        TestNode hub = _vpn.Start(_hub, settings, _north.Awaited(), _south.Awaited());
        TestNode north = _vpn.Start(_north, settings, throughHub);
        TestNode south = _vpn.Start(_south, settings, throughHub);
        hub.WaitUntilConnected(_north);
        hub.WaitUntilConnected(_south);
        north.WaitUntilConnected(_hub);
        south.WaitUntilConnected(_hub);
        return (hub, north, south);
    }
}
