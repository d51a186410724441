using System.Buffers.Binary;

namespace FifoVpn.Packets;

/// <summary>
/// A view of one whole IPv4 (RFC 791) or IPv6 (RFC 8200) packet whose lengths were checked. Neither checksums nor IPv6 extension
/// headers are looked at: a router needs neither.
/// </summary>
internal readonly ref struct IpPacket
{
    internal const int IPv4MinimumHeader = 20;
    internal const int IPv6Header = 40;

    private readonly ReadOnlySpan<byte> _packet;
    private readonly int _headerLength;

    private IpPacket(ReadOnlySpan<byte> packet, int headerLength)
    {
        _packet = packet;
        _headerLength = headerLength;
    }

    public bool IsIPv6 => _packet[0] >> 4 == 6;

    public int Length => _packet.Length;

    public VpnAddress Source => VpnAddress.FromBytes(IsIPv6 ? _packet.Slice(8, 16) : _packet.Slice(12, 4));

    public VpnAddress Destination => VpnAddress.FromBytes(IsIPv6 ? _packet.Slice(24, 16) : _packet.Slice(16, 4));

    /// <summary>The IPv4 protocol; for IPv6 the first next-header value, which may be an extension header.</summary>
    public byte Protocol => _packet[IsIPv6 ? 6 : 9];

    /// <summary>The time to live or hop limit.</summary>
    public byte HopLimit => _packet[IsIPv6 ? 7 : 8];

    /// <summary>The IPv4 header with its options, or the fixed IPv6 header.</summary>
    public ReadOnlySpan<byte> Header => _packet[.._headerLength];

    public ReadOnlySpan<byte> Payload => _packet[_headerLength..];

    /// <summary>True for a piece of a fragmented IPv4 packet: its payload is not a whole message.</summary>
    public bool IsIPv4Fragment => !IsIPv6 && (BinaryPrimitives.ReadUInt16BigEndian(_packet[6..]) & 0x3FFF) != 0;

    /// <summary>
    /// Takes exactly one packet. Bytes beyond the stated length are an error and not cut off: the sender meant something else.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out IpPacket parsed, out IpPacketError error)
    {
        parsed = default;
        if (packet.IsEmpty)
        {
            error = IpPacketError.Empty;
            return false;
        }

        int headerLength = 0;
        error = (packet[0] >> 4) switch
        {
            4 => CheckIPv4(packet, out headerLength),
            6 => CheckIPv6(packet, out headerLength),
            _ => IpPacketError.UnknownVersion,
        };
        if (error != IpPacketError.None)
        {
            return false;
        }

        parsed = new IpPacket(packet, headerLength);
        return true;
    }

    private static IpPacketError CheckIPv4(ReadOnlySpan<byte> packet, out int headerLength)
    {
        headerLength = (packet[0] & 0xF) * 4;
        if (packet.Length < IPv4MinimumHeader)
        {
            return IpPacketError.TooShort;
        }

        if (headerLength < IPv4MinimumHeader || headerLength > packet.Length)
        {
            return IpPacketError.BadHeaderLength;
        }

        return BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) == packet.Length ? IpPacketError.None : IpPacketError.LengthMismatch;
    }

    private static IpPacketError CheckIPv6(ReadOnlySpan<byte> packet, out int headerLength)
    {
        headerLength = IPv6Header;
        if (packet.Length < IPv6Header)
        {
            return IpPacketError.TooShort;
        }

        // A jumbogram (RFC 2675) states 0 here and fails: no device in this program carries more than 65535 bytes.
        int payloadLength = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        return payloadLength == packet.Length - IPv6Header ? IpPacketError.None : IpPacketError.LengthMismatch;
    }
}
