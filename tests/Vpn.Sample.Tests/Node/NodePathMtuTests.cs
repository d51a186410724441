using System.Buffers.Binary;
using FifoDtls.TestSupport;
using FifoVpn.Links;
using FifoVpn.Node;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Node;

/// <summary>Paths that carry less than the device's packets.</summary>
[Parallelizable(ParallelScope.Children)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class NodePathMtuTests : IDisposable
{
    private const int Small = 1_280 - 28; // what a path of 1280 bytes carries in UDP over IPv4
    private const int SmallPacket = Small - VpnNodeOptions.DatagramOverhead;

    private static readonly TestNodeSettings Settings = new() { Keepalive = TimeSpan.FromMilliseconds(500), HasAddresses = true };

    private readonly TestVpn _vpn = new();
    private readonly VpnMember _alpha;
    private readonly VpnMember _beta;
    private readonly UdpRelay _relay;

    public NodePathMtuTests()
    {
        _alpha = _vpn.Member("alpha");
        _beta = _vpn.Member("beta");
        _relay = new UdpRelay(_beta.Outside);
    }

    public void Dispose()
    {
        _vpn.Dispose();
        _relay.Dispose();
    }

    [TestCase(true)]
    [TestCase(false)]
    [CancelAfter(60_000)]
    public void A_small_path_is_found_out_and_everything_gets_through_or_is_answered(bool fromTheStart)
    {
        _relay.MaxDatagram = fromTheStart ? Small : int.MaxValue;
        TestNode b = _vpn.Start(_beta, Settings, _alpha.Awaited());
        TestNode a = _vpn.Start(_alpha, Settings, _beta.CalledAt(_relay.Front));
        a.WaitUntilConnected(_beta);
        b.WaitUntilConnected(_alpha);
        PeerLink link = a.Peer(_beta).Link!;
        if (!fromTheStart)
        {
            byte[] large = TestNode.Packet(_alpha.IPv4, _beta.IPv4, VpnNodeOptions.DefaultMtu - 28);
            a.Inject(large);
            Assert.That(b.Take().SequenceEqual(large), Is.True, "while the path carries it");
            _relay.MaxDatagram = Small;
        }

        Eventually.True(() => link.MaxPacket is > SmallPacket - PathMtuSearch.Precision and <= SmallPacket, TestNode.Limit, "the path is known");
        Eventually.True(() => b.Peer(_alpha).Link!.MaxPacket is > SmallPacket - PathMtuSearch.Precision and <= SmallPacket, TestNode.Limit, "to the other side, too");
        Assert.That(a.Peer(_beta).Link, Is.SameAs(link), "the association lives on");

        AssertAnswered(a, link.MaxPacket);
        AssertArrivesInFragments(a, b, link.MaxPacket);
        AssertSmallestMtuOfIPv6Arrives(a, b);
        AssertTooBigForIPv6IsAnswered(a);
        AssertSegmentsBecomeSmaller(a, b, link.MaxPacket);
        b.AssertReaches(a, payloadLength: 1_000);
    }

    private void AssertAnswered(TestNode a, int limit)
    {
        byte[] packet = TestNode.Packet(_alpha.IPv4, _beta.IPv4, VpnNodeOptions.DefaultMtu - 28);
        packet[6] |= 0x40; // don't fragment
        IpHeader.UpdateIPv4Checksum(packet.AsSpan(0, 20));
        a.Inject(packet);
        ReadOnlySpan<byte> answer = a.Take();
        Assert.That((answer[20], answer[21]), Is.EqualTo(((byte)3, (byte)4)), "fragmentation needed");
        Assert.That(BinaryPrimitives.ReadUInt16BigEndian(answer[26..]), Is.EqualTo(limit));
        Assert.That(a.Peer(_beta).Counters.Drops(DropReason.TooLarge), Is.EqualTo(1));
    }

    private void AssertArrivesInFragments(TestNode a, TestNode b, int limit)
    {
        byte[] packet = TestNode.Packet(_alpha.IPv4, _beta.IPv4, VpnNodeOptions.DefaultMtu - 28);
        packet[6] &= 0xBF;
        IpHeader.UpdateIPv4Checksum(packet.AsSpan(0, 20));
        a.Inject(packet);
        byte[] whole = new byte[packet.Length];
        packet.AsSpan(0, 20).CopyTo(whole);
        int arrived = 0;
        while (arrived < packet.Length - 20)
        {
            ReadOnlySpan<byte> fragment = b.Take();
            Assert.That(fragment.Length, Is.LessThanOrEqualTo(limit));
            int offset = (BinaryPrimitives.ReadUInt16BigEndian(fragment[6..]) & 0x1FFF) * 8;
            fragment[20..].CopyTo(whole.AsSpan(20 + offset));
            arrived += fragment.Length - 20;
        }

        Assert.That(whole, Is.EqualTo(packet));
    }

    private void AssertSmallestMtuOfIPv6Arrives(TestNode a, TestNode b)
    {
        byte[] packet = TestNode.Packet(_alpha.IPv6, _beta.IPv6, 1_280 - 48);
        Assert.That(packet, Has.Length.EqualTo(1_280));
        a.Inject(packet);
        Assert.That(b.Take().SequenceEqual(packet), Is.True, "1280 bytes of IPv6, whole");
    }

    private void AssertTooBigForIPv6IsAnswered(TestNode a)
    {
        a.Inject(TestNode.Packet(_alpha.IPv6, _beta.IPv6, 1_281 - 48));
        ReadOnlySpan<byte> answer = a.Take();
        Assert.That((answer[40], BinaryPrimitives.ReadUInt32BigEndian(answer[44..])), Is.EqualTo(((byte)2, 1_280u)), "packet too big");
    }

    private void AssertSegmentsBecomeSmaller(TestNode a, TestNode b, int limit)
    {
        byte[] syn = new byte[44];
        IpHeader.Write(syn, _alpha.IPv4, _beta.IPv4, IpProtocol.Tcp, 24);
        Span<byte> segment = syn.AsSpan(20);
        segment[12] = 6 << 4; // header of 24 bytes
        segment[13] = 0x02; // SYN
        segment[20] = 2; // MSS
        segment[21] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(segment[22..], 1_460);
        a.Inject(syn);
        Assert.That(BinaryPrimitives.ReadUInt16BigEndian(b.Take()[42..]), Is.EqualTo(limit - 40));
    }
}
