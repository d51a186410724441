using System.Buffers.Binary;
using System.Net;
using FifoDtls.TestSupport;
using FifoVpn.Configuration;
using FifoVpn.Control;
using FifoVpn.Links;
using FifoVpn.Node;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Node;

/// <summary>A peer, its links and its packets, on paper.</summary>
internal sealed class VpnPeerTests
{
    private static readonly IPEndPoint Somewhere = new(IPAddress.Loopback, 1234);

    [Test]
    public void The_newest_link_is_used_and_the_one_before_when_it_ends()
    {
        VpnPeer peer = Peer(ownName: "zeta");
        FakeLink first = new("first", Somewhere);
        FakeLink second = new("second", new IPEndPoint(IPAddress.Loopback, 2));
        Assert.That(peer.Attach(first) && peer.Attach(second), Is.True);
        Assert.That((first.IsClosed, second.IsClosed), Is.EqualTo((false, false)), "the other side ends one");
        peer.Send([0x45]);
        Assert.That((first.Sent.Count, second.Sent.Count), Is.EqualTo((0, 1)));
        Assert.That(peer.LastEndPoint, Is.EqualTo(second.RemoteEndPoint));

        peer.Detach(second);
        Assert.That(peer.Link, Is.SameAs(first));
        peer.Detach(first);
        Assert.That(peer.Link, Is.Null);
        peer.Detach(first);
    }

    [Test]
    public void The_end_of_an_older_link_changes_nothing()
    {
        VpnPeer peer = Peer(ownName: "zeta");
        FakeLink first = new("first");
        FakeLink second = new("second");
        peer.Attach(first);
        peer.Attach(second);
        peer.Detach(first);
        Assert.That((peer.Link, peer.IsAttached(first), peer.IsAttached(second)), Is.EqualTo(((PeerLink)second, false, true)));
    }

    [Test]
    public void The_side_whose_name_comes_first_ends_the_older_links_after_a_moment()
    {
        VpnPeer peer = Peer(ownName: "alpha");
        FakeLink[] links = [new("first"), new("second"), new("third")];
        Assert.That(links.All(peer.Attach), Is.True);
        Assert.That(peer.Link, Is.SameAs(links[2]));
        Assert.That(peer.TakeRetired(peer.Retirement - 1), Is.Empty);
        Assert.That(peer.TakeRetired(peer.Retirement), Is.EqualTo(links[..2]));
        Assert.That((peer.Retirement, peer.TakeRetired(long.MaxValue).Length), Is.EqualTo((long.MaxValue, 0)), "once");
    }

    [Test]
    public void The_other_side_ends_none()
    {
        VpnPeer peer = Peer(ownName: "zeta");
        Assert.That(peer.Attach(new FakeLink("first")) && peer.Attach(new FakeLink("second")), Is.True);
        Assert.That(peer.Retirement, Is.EqualTo(long.MaxValue));
    }

    [TestCase("alpha", "beta")]
    [TestCase("beta", "alpha")]
    public void A_relayed_link_that_comes_late_takes_no_place_of_a_direct_one(string own, string other)
    {
        VpnPeer peer = new(new PeerConfig { Name = other, Addresses = [] }, own);
        FakeLink direct = new("direct", new IPEndPoint(IPAddress.Loopback, 1));
        FakeLink relayed = new("relayed");
        peer.Attach(direct);
        peer.Attach(relayed);
        Assert.That(peer.Link, Is.SameAs(direct));

        PeerLink[] retired = peer.TakeRetired(long.MaxValue - 1);
        Assert.That(retired, Is.EqualTo(own == "alpha" ? new PeerLink[] { relayed } : []));
        peer.Detach(direct);
        Assert.That(peer.Link, Is.SameAs(relayed), "better than none");
    }

    [Test]
    public void An_older_link_that_is_used_again_is_not_ended()
    {
        VpnPeer peer = Peer(ownName: "alpha");
        FakeLink[] links = [new("first"), new("second"), new("third")];
        Assert.That(links.All(peer.Attach), Is.True);
        peer.Detach(links[2]);
        Assert.That(peer.Link, Is.SameAs(links[1]));
        Assert.That(peer.TakeRetired(long.MaxValue), Is.EqualTo(links[..1]));
    }

    [Test]
    public void A_peer_that_opens_link_after_link_has_four()
    {
        VpnPeer peer = Peer(ownName: "zeta");
        FakeLink[] links = [.. Enumerable.Range(1, 10).Select(i => new FakeLink($"link {i}"))];
        Assert.That(links.All(peer.Attach), Is.True);
        Assert.That(links.Count(link => !link.IsClosed), Is.EqualTo(4));
        Assert.That(links[^4..].Any(link => link.IsClosed), Is.False);
    }

    [Test]
    public void Without_a_way_to_call_a_packet_is_dropped_and_counted()
    {
        VpnPeer peer = Peer();
        peer.CanBeCalled = false;
        peer.Send([0x45]);
        Assert.That(peer.Counters.Drops(DropReason.NotConnected), Is.EqualTo(1));
        FakeLink link = new("link");
        peer.Attach(link);
        Assert.That(link.Sent, Is.Empty);
    }

    [Test]
    public void More_than_can_wait_is_dropped_and_counted_and_the_rest_arrives_in_order()
    {
        VpnPeer peer = Peer();
        for (byte i = 0; i < PendingPackets.MaxPackets + 6; i++)
        {
            peer.Send([0x45, i]);
        }

        Assert.That(peer.Counters.Drops(DropReason.NotConnected), Is.EqualTo(6));
        FakeLink link = new("link");
        peer.Attach(link);
        Assert.That(link.Sent.Select(packet => (int)packet[1]), Is.EqualTo(Enumerable.Range(0, PendingPackets.MaxPackets)));
        Assert.That(peer.Counters.PacketsSent, Is.EqualTo(PendingPackets.MaxPackets));
    }

    [Test]
    [CancelAfter(60_000)]
    public void Each_senders_packets_keep_their_order_while_links_come_and_go()
    {
        const int senders = 4;
        const int packets = 3_000;
        VpnPeer peer = Peer(ownName: "zeta");
        List<FakeLink> links = [];
        using CancellationTokenSource done = new();
        BlockingThread churn = BlockingThread.Start("links", () =>
        {
            while (!done.IsCancellationRequested)
            {
                FakeLink link = new("link");
                links.Add(link);
                peer.Attach(link);
                Thread.Yield();
                peer.Detach(link);
            }
        });
        BlockingThread[] threads = [.. Enumerable.Range(0, senders).Select(sender => BlockingThread.Start($"sender {sender}", () =>
        {
            byte[] packet = [0x45, (byte)sender, 0, 0, 0, 0];
            for (int i = 0; i < packets; i++)
            {
                BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(2), i);
                peer.Send(packet);
            }
        }))];
        BlockingThread.JoinAll(TestNode.Limit, threads);
        done.Cancel();
        churn.Join(TestNode.Limit);
        FakeLink last = new("last");
        links.Add(last);
        peer.Attach(last);

        int[] next = new int[senders];
        int arrived = 0;
        foreach (byte[] packet in links.SelectMany(link => link.Sent))
        {
            int number = BinaryPrimitives.ReadInt32BigEndian(packet.AsSpan(2));
            Assert.That(number, Is.GreaterThanOrEqualTo(next[packet[1]]), $"sender {packet[1]}");
            next[packet[1]] = number + 1;
            arrived++;
        }

        Assert.That(arrived + peer.Counters.TotalDrops, Is.EqualTo(senders * packets), peer.Counters.DescribeDrops());
    }

    [Test]
    public void What_waits_for_a_link_that_ended_is_dropped_when_the_peer_can_not_be_called()
    {
        VpnPeer peer = Peer();
        peer.Send([0x45]);
        peer.CanBeCalled = false;
        FakeLink link = new("link");
        peer.Detach(link);
        Assert.That(peer.Counters.Drops(DropReason.NotConnected), Is.EqualTo(1));
        peer.Attach(link);
        Assert.That(link.Sent, Is.Empty);
    }

    [Test]
    public void A_packet_above_the_links_size_goes_in_two_parts()
    {
        VpnPeer peer = Peer();
        FakeLink link = new("link") { MaxPacket = 1_195 };
        peer.Attach(link);
        byte[] packet = new byte[1_301];
        Random.Shared.NextBytes(packet);
        peer.Send(packet);
        PartialPacket partial = new(VpnNodeOptions.DefaultMtu);
        byte[]? whole = null;
        foreach (byte[] message in link.Sent)
        {
            Assert.That(message, Has.Length.LessThanOrEqualTo(1_195));
            Assert.That(SplitPacket.TryRead(message, out ushort number, out byte part, out ReadOnlySpan<byte> bytes), Is.True);
            Assert.That(partial.TryAdd(number, part, bytes, out Span<byte> joined), Is.True);
            whole = joined.ToArray();
        }

        Assert.That(whole, Is.EqualTo(packet));
        Assert.That((peer.Counters.PacketsSent, peer.Counters.BytesSent), Is.EqualTo((1, 1_301)));
    }

    [Test]
    public void What_no_datagram_carries_and_what_an_ended_link_refuses_is_counted()
    {
        VpnPeer peer = Peer();
        FakeLink link = new("link");
        peer.Attach(link);
        peer.Send(new byte[(2 * FakeLink.MaxPayload) + 1]);
        Assert.That(peer.Counters.Drops(DropReason.TooLarge), Is.EqualTo(1));
        link.Close();
        peer.Send([0x45]);
        Assert.That(peer.Counters.Drops(DropReason.SendFailed), Is.EqualTo(1));
        Assert.That(peer.Counters.PacketsSent, Is.Zero);
    }

    [Test]
    [CancelAfter(60_000)]
    public void Stop_ends_the_links_and_the_waits_and_takes_no_other_link()
    {
        VpnPeer peer = Peer(ownName: "zeta");
        FakeLink[] links = [new("first"), new("second")];
        Assert.That(links.All(peer.Attach), Is.True);
        BlockingThread waits = BlockingThread.Start("waits", () => Assert.That(peer.WaitUntilToBeCalled(TimeSpan.FromDays(1)), Is.False));
        waits.WaitUntilBlocked(TestNode.Limit);
        peer.Stop();
        waits.Join(TestNode.Limit);
        Assert.That(links.All(link => link.IsClosed), Is.True);
        Assert.That((peer.IsStopped, peer.Attach(new FakeLink("late"))), Is.EqualTo((true, false)));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_persistent_peer_that_can_be_called_again_is_called()
    {
        VpnPeer peer = Peer();
        peer.CanBeCalled = false;
        peer.Config = peer.Config with { Persistent = true };
        BlockingThread waits = BlockingThread.Start("waits", () => Assert.That(peer.WaitUntilToBeCalled(TimeSpan.FromDays(1)), Is.True));
        waits.WaitUntilBlocked(TestNode.Limit);
        peer.CanBeCalled = true;
        waits.Join(TestNode.Limit);
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_relayed_link_is_a_reason_to_call_after_a_while_and_a_direct_one_is_not()
    {
        VpnPeer peer = Peer(ownName: "zeta");
        peer.Attach(new FakeLink("relayed"));
        Assert.That(peer.WaitUntilToBeCalled(TimeSpan.FromMilliseconds(20)), Is.True);
        peer.Attach(new FakeLink("direct", Somewhere));
        BlockingThread waits = BlockingThread.Start("waits", () => Assert.That(peer.WaitUntilToBeCalled(TimeSpan.FromMilliseconds(20)), Is.False));
        waits.WaitUntilBlocked(TestNode.Limit);
        Assert.That(waits.TryJoin(TimeSpan.FromMilliseconds(100)), Is.False);
        peer.Stop();
        waits.Join(TestNode.Limit);
    }

    [Test]
    public void A_pong_that_is_not_ours_tells_no_round_trip()
    {
        VpnPeer peer = Peer();
        FakeLink link = new("link");
        peer.Attach(link);
        peer.NotePong(link, ulong.MaxValue);
        peer.NotePong(link, (ulong)long.MaxValue);
        Assert.That(link.RoundTrip, Is.Null);
        peer.NotePong(link, (ulong)System.Diagnostics.Stopwatch.GetTimestamp());
        Assert.That(link.RoundTrip, Is.Not.Null);
    }

    private static VpnPeer Peer(string ownName = "alpha") =>
        new(new PeerConfig { Name = "beta", Addresses = [VpnAddress.Parse("10.88.0.2")] }, ownName) { CanBeCalled = true };
}
