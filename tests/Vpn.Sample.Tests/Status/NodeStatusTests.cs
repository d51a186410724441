using System.Text.Json;
using FifoDtls.TestSupport;
using FifoVpn.Node;
using FifoVpn.Packets;
using FifoVpn.Status;
using FifoVpn.Tests.Node;

namespace FifoVpn.Tests.Status;

/// <summary>What a node tells of itself is what it is at.</summary>
internal sealed class NodeStatusTests
{
    [Test]
    [CancelAfter(60_000)]
    public void A_connected_peer_is_told_with_its_association_and_traffic()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        using StatusFixture fixture = new();
        fixture.A.AssertReaches(fixture.B!);
        fixture.B!.AssertReaches(fixture.A);
        PacketCounters counters = fixture.A.Peer(fixture.Beta).Counters;
        Eventually.Equal((2L, 2L), () => (counters.PacketsSent, counters.PacketsReceived), TestNode.Limit, "packets counted");

        NodeStatus status = NodeStatusReader.Read(fixture.A.Node);

        PeerStatus peer = status.Peers.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((status.Name, status.Device, status.Mtu), Is.EqualTo(("alpha", "mem-alpha", VpnNodeOptions.DefaultMtu)));
            Assert.That(status.Listen, Is.EqualTo(fixture.Alpha.Outside.ToString()));
            Assert.That(status.Version, Does.Match(@"^\d+\.\d+\.\d+"));
            Assert.That(status.StartedAt, Is.InRange(before, DateTimeOffset.UtcNow));
            Assert.That(status.Endpoint, Has.Property(nameof(EndpointStatus.HandshakesAsClient)).EqualTo(1L).And.Property(nameof(EndpointStatus.Associations)).EqualTo(1));
            Assert.That(status.Endpoint.DatagramsReceived, Is.Positive);
            Assert.That((peer.Name, peer.State, peer.Discovered), Is.EqualTo(("beta", PeerState.Connected, false)));
            Assert.That((peer.Endpoint, peer.Relay, peer.Role, peer.Resumed), Is.EqualTo((fixture.Beta.Outside.ToString(), (string?)null, "client", (bool?)false)));
            Assert.That(peer.CipherSuite, Does.StartWith("TLS_ECDHE"));
            Assert.That(peer.ConnectedSince, Is.InRange(before, DateTimeOffset.UtcNow));
            Assert.That(peer.LastHandshake, Is.EqualTo(peer.ConnectedSince));
            Assert.That(peer.PathMtu, Is.InRange(VpnNodeOptions.SafePacket, VpnNodeOptions.DefaultMtu));
            Assert.That(peer.Prefixes, Is.EqualTo(fixture.Beta.Addresses.Select(address => IpPrefix.Host(address).ToString())));
            Assert.That((peer.Traffic.PacketsSent, peer.Traffic.BytesSent), Is.EqualTo((2L, counters.BytesSent)));
            Assert.That((peer.Traffic.PacketsReceived, peer.Traffic.BytesReceived), Is.EqualTo((2L, counters.BytesReceived)));
            Assert.That(peer.LastFailure, Is.Null);
        }

        Assert.That(NodeStatusReader.Read(fixture.B!.Node).Peers.Single().Role, Is.EqualTo("server"));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_ping_gives_the_round_trip()
    {
        using StatusFixture fixture = new();
        TimeSpan? roundTrip = fixture.A.Peer(fixture.Beta).Ping(TestNode.Limit);

        Assert.That(roundTrip, Is.Not.Null);
        Assert.That(NodeStatusReader.Read(fixture.A.Node).Peers.Single().RoundTripMilliseconds, Is.EqualTo(NodeStatusReader.Milliseconds(roundTrip!.Value)));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_lost_peer_is_told_with_the_reason_and_keeps_its_last_handshake()
    {
        using StatusFixture fixture = new();
        fixture.B!.Dispose();
        Eventually.True(() => fixture.A.Peer(fixture.Beta).Link is null, TestNode.Limit, "beta is lost");
        Eventually.True(() => NodeStatusReader.Read(fixture.A.Node).Peers.Single().LastFailure is not null, TestNode.Limit, "the reason is told");

        PeerStatus peer = NodeStatusReader.Read(fixture.A.Node).Peers.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(peer.State, Is.AnyOf(PeerState.Waiting, PeerState.Connecting));
            Assert.That((peer.ConnectedSince, peer.Role, peer.CipherSuite, peer.PathMtu), Is.EqualTo(((DateTimeOffset?)null, (string?)null, (string?)null, (int?)null)));
            Assert.That(peer.LastHandshake, Is.Not.Null);
            Assert.That(peer.Endpoint, Is.EqualTo(fixture.Beta.Outside.ToString()), "where it was");
            Assert.That(peer.LastFailure, Does.Contain("closed by the peer: it is shutting down"));
            Assert.That(peer.LastFailureAt, Is.GreaterThanOrEqualTo(peer.LastHandshake!.Value));
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public void States_of_peers_without_association()
    {
        using TestVpn vpn = new();
        VpnMember alpha = vpn.Member("alpha");
        VpnMember called = vpn.Member("called");
        VpnMember demanded = vpn.Member("demanded");
        VpnMember awaited = vpn.Member("awaited");
        TestNode node = vpn.Start(alpha, called.Called(), demanded.Called() with { Persistent = false }, awaited.Awaited());

        // Nobody answers, and the handshake has its time.
        Eventually.Equal(PeerState.Connecting, () => StateOf(called), TestNode.Limit, "the state of a peer that is called");
        Assert.That((StateOf(demanded), StateOf(awaited)), Is.EqualTo((PeerState.Idle, PeerState.Listening)));
        node.Inject(TestNode.Packet(alpha.IPv4, demanded.IPv4));
        Eventually.Equal(PeerState.Connecting, () => StateOf(demanded), TestNode.Limit, "the state of a peer that there is a packet for");
        Assert.That(Status(demanded).PendingPackets, Is.EqualTo(1));

        PeerState StateOf(VpnMember member) => Status(member).State;

        PeerStatus Status(VpnMember member) => NodeStatusReader.Read(node.Node).Peers.Single(peer => peer.Name == member.Name);
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_failed_call_is_told_with_its_reason()
    {
        using TestVpn vpn = new();
        VpnMember alpha = vpn.Member("alpha");
        VpnMember beta = vpn.Member("beta");
        TestNode node = vpn.Start(alpha, new TestNodeSettings { HandshakeTimeout = TimeSpan.FromMilliseconds(200) }, beta.Called());

        Eventually.True(() => Peer().LastFailure is not null, TestNode.Limit, "the call has failed");
        Assert.That(Peer().LastFailure, Does.StartWith($"{beta.Outside}: "));

        PeerStatus Peer() => NodeStatusReader.Read(node.Node).Peers.Single();
    }

    [Test]
    [CancelAfter(60_000)]
    public void Totals_do_not_go_back_when_a_peer_leaves()
    {
        using StatusFixture fixture = new();
        fixture.A.AssertReaches(fixture.B!);
        PacketCounters counters = fixture.A.Peer(fixture.Beta).Counters;
        Eventually.Equal(2L, () => counters.PacketsSent, TestNode.Limit, "packets counted");
        TrafficStatus before = NodeStatusReader.Read(fixture.A.Node).Traffic;
        Assert.That((before.PacketsSent, before.BytesSent), Is.EqualTo((2L, counters.BytesSent)));

        fixture.A.Node.ReplacePeers([]);
        fixture.A.Inject(TestNode.Packet(fixture.Alpha.IPv4, fixture.Beta.IPv4));
        Eventually.Equal(1L, () => NodeStatusReader.Read(fixture.A.Node).Traffic.Drops["noRoute"], TestNode.Limit, "drops that are nobody's count too");

        NodeStatus after = NodeStatusReader.Read(fixture.A.Node);
        Assert.That(after.Peers, Is.Empty);
        Assert.That((after.Traffic.PacketsSent, after.Traffic.BytesSent), Is.EqualTo((before.PacketsSent, before.BytesSent)));
    }

    [Test]
    [CancelAfter(60_000)]
    public void JSON_survives_the_round_trip_and_has_every_reason_of_a_drop()
    {
        using StatusFixture fixture = new();
        string json = JsonSerializer.Serialize(NodeStatusReader.Read(fixture.A.Node), StatusJson.Default.NodeStatus);
        NodeStatus read = JsonSerializer.Deserialize(json, StatusJson.Default.NodeStatus)!;

        Assert.That(JsonSerializer.Serialize(read, StatusJson.Default.NodeStatus), Is.EqualTo(json));
        Assert.That(json, Does.Contain("\"state\":\"connected\"").And.Not.Contain("\n"));
        Assert.That(read.Traffic.Drops, Has.Count.EqualTo(Enum.GetValues<DropReason>().Length).And.ContainKey("sourceNotAllowed"));
    }
}
