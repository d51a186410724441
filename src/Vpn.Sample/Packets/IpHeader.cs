using System.Buffers.Binary;

namespace FifoVpn.Packets;

/// <summary>Writes IP headers without options or extension headers.</summary>
internal static class IpHeader
{
    public const byte DefaultHopLimit = 64;

    /// <summary>The header length for the family of the address: 20 or 40.</summary>
    public static int LengthFor(VpnAddress address) => address.IsIPv6 ? IpPacket.IPv6Header : IpPacket.IPv4MinimumHeader;

    /// <summary>Writes the header at the start of the packet and returns its length; the payload belongs right behind it.</summary>
    /// <exception cref="ArgumentException">Mixed families, or the packet buffer does not hold header and payload.</exception>
    public static int Write(Span<byte> packet, VpnAddress source, VpnAddress destination, byte protocol, int payloadLength)
    {
        int headerLength = LengthFor(source);
        if (source.IsIPv6 != destination.IsIPv6)
        {
            throw new ArgumentException($"{source} and {destination} are of different families.", nameof(destination));
        }

        if (payloadLength < 0 || packet.Length < headerLength + payloadLength || headerLength + payloadLength > ushort.MaxValue)
        {
            throw new ArgumentException($"{payloadLength} bytes of payload do not fit into {packet.Length} bytes.", nameof(packet));
        }

        Span<byte> header = packet[..headerLength];
        header.Clear();
        if (source.IsIPv6)
        {
            WriteIPv6(header, source, destination, protocol, payloadLength);
        }
        else
        {
            WriteIPv4(header, source, destination, protocol, payloadLength);
        }

        return headerLength;
    }

    /// <summary>Puts the right checksum into an IPv4 header (with options, if it has any).</summary>
    public static void UpdateIPv4Checksum(Span<byte> header)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Compute(header));
    }

    private static void WriteIPv4(Span<byte> header, VpnAddress source, VpnAddress destination, byte protocol, int payloadLength)
    {
        const ushort dontFragment = 0x4000;
        header[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(header.Length + payloadLength));
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], dontFragment);
        header[8] = DefaultHopLimit;
        header[9] = protocol;
        source.WriteBytes(header[12..]);
        destination.WriteBytes(header[16..]);
        UpdateIPv4Checksum(header);
    }

    private static void WriteIPv6(Span<byte> header, VpnAddress source, VpnAddress destination, byte protocol, int payloadLength)
    {
        header[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)payloadLength);
        header[6] = protocol;
        header[7] = DefaultHopLimit;
        source.WriteBytes(header[8..]);
        destination.WriteBytes(header[24..]);
    }
}
