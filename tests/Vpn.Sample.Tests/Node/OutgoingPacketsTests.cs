using FifoVpn.Configuration;
using FifoVpn.Devices;
using FifoVpn.Node;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Node;

/// <summary>Packets that leave together: never mixed, never reordered, never kept.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class OutgoingPacketsTests
{
    private readonly FakeLink _alphaLink = new("alpha");
    private readonly FakeLink _betaLink = new("beta");
    private readonly VpnPeer _alpha = Peer("alpha");
    private readonly VpnPeer _beta = Peer("beta");

    [SetUp]
    public void Attach()
    {
        _alpha.Attach(_alphaLink);
        _beta.Attach(_betaLink);
    }

    [Test]
    public void Packets_of_one_peer_leave_together_when_there_are_no_more()
    {
        using OutgoingPackets outgoing = new();
        outgoing.Add(_alpha, [1]);
        outgoing.Add(_alpha, [2, 2]);
        Assert.That(_alphaLink.Sent, Is.Empty);
        outgoing.Flush();
        outgoing.Flush();
        Assert.That(_alphaLink.Sent, Is.EqualTo((byte[][])[[1], [2, 2]]));
        Assert.That(_alphaLink.Batches, Is.EqualTo((int[])[2]));
        Assert.That((_alpha.Counters.PacketsSent, _alpha.Counters.BytesSent), Is.EqualTo((2L, 3L)));
    }

    [Test]
    public void Another_peers_packet_sends_those_that_wait()
    {
        using OutgoingPackets outgoing = new();
        outgoing.Add(_alpha, [1]);
        outgoing.Add(_beta, [2]);
        Assert.That(_alphaLink.Sent, Is.EqualTo((byte[][])[[1]]));
        outgoing.Add(_alpha, [3]);
        Assert.That(_betaLink.Sent, Is.EqualTo((byte[][])[[2]]));
        outgoing.Flush();
        Assert.That(_alphaLink.Sent, Is.EqualTo((byte[][])[[1], [3]]));
    }

    [Test]
    public void However_many_packets_there_are_none_is_lost_and_their_order_is_kept([Values(1, 700, 1_400)] int size)
    {
        const int count = 1_000;
        using OutgoingPackets outgoing = new();
        for (int i = 0; i < count; i++)
        {
            byte[] packet = new byte[size];
            packet[0] = (byte)i;
            outgoing.Add(_alpha, packet);
        }

        outgoing.Flush();
        Assert.That(_alphaLink.Sent.Select(packet => packet[0]), Is.EqualTo(Enumerable.Range(0, count).Select(i => (byte)i)));
        Assert.That(_alphaLink.Batches, Has.Count.LessThan(count / 10));
    }

    [Test]
    public void A_peer_that_is_not_connected_keeps_the_packets_for_a_moment_as_it_keeps_one()
    {
        VpnPeer absent = Peer("absent");
        absent.CanBeCalled = true;
        using OutgoingPackets outgoing = new();
        outgoing.Add(absent, [1]);
        outgoing.Add(absent, [2]);
        outgoing.Flush();
        FakeLink link = new("late");
        absent.Attach(link);
        Assert.That(link.Sent, Is.EqualTo((byte[][])[[1], [2]]));
    }

    [Test]
    public void A_packet_that_the_path_does_not_carry_goes_in_parts_and_the_others_beside_it()
    {
        _alphaLink.MaxPacket = 1_000;
        using OutgoingPackets outgoing = new();
        outgoing.Add(_alpha, new byte[10]);
        outgoing.Add(_alpha, new byte[1_200]);
        outgoing.Add(_alpha, new byte[20]);
        outgoing.Flush();
        Assert.That(_alphaLink.Sent, Has.Count.EqualTo(4));
        Assert.That((_alphaLink.Sent[0].Length, _alphaLink.Sent[3].Length), Is.EqualTo((10, 20)));
        Assert.That(_alpha.Counters.PacketsSent, Is.EqualTo(3));
    }

    [Test]
    public void Packets_to_a_link_that_has_ended_are_counted()
    {
        _alphaLink.Close();
        using OutgoingPackets outgoing = new();
        outgoing.Add(_alpha, [1]);
        outgoing.Add(_alpha, [2]);
        outgoing.Flush();
        Assert.That(_alpha.Counters.Drops(DropReason.SendFailed), Is.EqualTo(2));
        Assert.That(_alpha.Counters.PacketsSent, Is.Zero);
    }

    private static VpnPeer Peer(string name) => new(new PeerConfig { Name = name, Addresses = [] }, "self");
}
