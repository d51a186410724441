using FifoVpn.Devices;
using FifoVpn.Node;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Node;

/// <summary>A node together with the host side of its device and its log.</summary>
internal sealed class TestNode(VpnMember member, VpnNode node, IPacketDevice device, LogCapture log) : IDisposable
{
    /// <summary>More than anything here takes; only a hang reaches it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly byte[] _buffer = new byte[device.Mtu];

    public VpnMember Member { get; } = member;

    public VpnNode Node { get; } = node;

    public LogCapture Log { get; } = log;

    public MemoryPacketDevice Device => (MemoryPacketDevice)device;

    public VpnPeer Peer(VpnMember other) => Node.Peers.Single(peer => peer.Name == other.Name);

    public void WaitUntilConnected(VpnMember other) =>
        Assert.That(Peer(other).WaitUntilConnected(Limit), Is.True, $"{Member.Name} is connected to {other.Name}\n{string.Join('\n', Log.All)}");

    public void Inject(ReadOnlySpan<byte> packet) => Assert.That(Device.Inject(packet, Limit), Is.EqualTo(PacketQueueResult.Done));

    /// <summary>The next packet that the node gives to the host.</summary>
    public ReadOnlySpan<byte> Take()
    {
        PacketQueueResult result = Device.Take(_buffer, Limit, out int length);
        Assert.That(result, Is.EqualTo(PacketQueueResult.Done), $"a packet arrives at {Member.Name}");
        return _buffer.AsSpan(0, length);
    }

    public void AssertNothingDelivered() =>
        Assert.That(Device.Take(_buffer, TimeSpan.Zero, out _), Is.Not.EqualTo(PacketQueueResult.Done), $"nothing arrives at {Member.Name}");

    /// <summary>Sends a packet to another node and expects it there as it was.</summary>
    public void AssertReaches(TestNode other, int payloadLength = 56)
    {
        foreach ((VpnAddress source, VpnAddress destination) in Pairs(other.Member))
        {
            byte[] packet = Packet(source, destination, payloadLength);
            Inject(packet);
            Assert.That(other.Take().SequenceEqual(packet), Is.True, $"{source} > {destination} intact");
        }
    }

    public static byte[] Packet(VpnAddress source, VpnAddress destination, int payloadLength = 56)
    {
        byte[] packet = new byte[IcmpEcho.PacketLength(source, payloadLength)];
        byte[] payload = new byte[payloadLength];
        Random.Shared.NextBytes(payload);
        IcmpEcho.WriteRequest(packet, source, destination, 1, 1, payload);
        return packet;
    }

    public void Dispose() => Node.Dispose();

    private IEnumerable<(VpnAddress Source, VpnAddress Destination)> Pairs(VpnMember other) =>
        [(Member.IPv4, other.IPv4), (Member.IPv6, other.IPv6)];
}
