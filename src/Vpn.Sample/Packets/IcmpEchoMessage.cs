using System.Buffers.Binary;

namespace FifoVpn.Packets;

/// <summary>A view of an echo request or reply inside a packet whose checksums were verified.</summary>
internal readonly ref struct IcmpEchoMessage
{
    private readonly ReadOnlySpan<byte> _message;

    private IcmpEchoMessage(IpPacket packet)
    {
        Source = packet.Source;
        Destination = packet.Destination;
        _message = packet.Payload;
    }

    public VpnAddress Source { get; }

    public VpnAddress Destination { get; }

    public bool IsReply => _message[0] is IcmpEcho.ReplyV4 or IcmpEcho.ReplyV6;

    public ushort Identifier => BinaryPrimitives.ReadUInt16BigEndian(_message[4..]);

    public ushort Sequence => BinaryPrimitives.ReadUInt16BigEndian(_message[6..]);

    public ReadOnlySpan<byte> Payload => _message[IcmpEcho.HeaderLength..];

    /// <summary>False for anything but an intact, unfragmented echo request or reply with right checksums.</summary>
    public static bool TryRead(ReadOnlySpan<byte> packet, out IcmpEchoMessage message)
    {
        message = default;
        if (!IpPacket.TryParse(packet, out IpPacket parsed, out _) || parsed.IsIPv4Fragment || !IsEcho(parsed))
        {
            return false;
        }

        if (!parsed.IsIPv6 && InternetChecksum.Compute(parsed.Header) != 0)
        {
            return false;
        }

        ulong start = IcmpEcho.ChecksumStart(parsed.Source, parsed.Destination, parsed.Payload.Length);
        if (InternetChecksum.Finish(InternetChecksum.Add(start, parsed.Payload)) != 0)
        {
            return false;
        }

        message = new IcmpEchoMessage(parsed);
        return true;
    }

    private static bool IsEcho(IpPacket packet)
    {
        ReadOnlySpan<byte> message = packet.Payload;
        if (message.Length < IcmpEcho.HeaderLength || message[1] != 0)
        {
            return false;
        }

        return packet.IsIPv6
            ? packet.Protocol == IpProtocol.IcmpV6 && message[0] is IcmpEcho.RequestV6 or IcmpEcho.ReplyV6
            : packet.Protocol == IpProtocol.Icmp && message[0] is IcmpEcho.RequestV4 or IcmpEcho.ReplyV4;
    }
}
