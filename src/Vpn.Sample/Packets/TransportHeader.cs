using System.Buffers.Binary;

namespace FifoVpn.Packets;

/// <summary>Where the TCP or UDP header of a whole packet stands, and where it ends.</summary>
internal readonly struct TransportHeader
{
    internal const int TcpMinimum = 20;
    internal const int Udp = 8;

    private const byte HopByHop = 0;
    private const byte DestinationOptions = 60;

    private TransportHeader(byte protocol, int offset, int end)
    {
        Protocol = protocol;
        Offset = offset;
        End = end;
    }

    /// <summary><see cref="IpProtocol.Tcp"/> or <see cref="IpProtocol.Udp"/>.</summary>
    public byte Protocol { get; }

    public int Offset { get; }

    /// <summary>Where the payload begins.</summary>
    public int End { get; }

    /// <summary>
    /// False unless the packet is well-formed, no fragment, and carries a whole TCP or UDP header. IPv6 extension headers are permitted that
    /// change neither the pseudo-header of a checksum nor hide what follows: hop-by-hop and destination options.
    /// </summary>
    public static bool TryFind(ReadOnlySpan<byte> packet, out TransportHeader header)
    {
        header = default;
        if (!IpPacket.TryParse(packet, out IpPacket parsed, out _) || parsed.IsIPv4Fragment)
        {
            return false;
        }

        byte protocol = parsed.Protocol;
        int offset = parsed.Header.Length;
        while (parsed.IsIPv6 && protocol is HopByHop or DestinationOptions)
        {
            if (packet.Length - offset < 8)
            {
                return false;
            }

            protocol = packet[offset];
            offset += (packet[offset + 1] + 1) * 8;
        }

        return TryMeasure(packet, protocol, offset, out header);
    }

    private static bool TryMeasure(ReadOnlySpan<byte> packet, byte protocol, int offset, out TransportHeader header)
    {
        int room = packet.Length - offset;
        int length = protocol switch
        {
            IpProtocol.Tcp when room >= TcpMinimum => (packet[offset + 12] >> 4) * 4,
            IpProtocol.Udp when room >= Udp && BinaryPrimitives.ReadUInt16BigEndian(packet[(offset + 4)..]) == room => Udp,
            _ => 0,
        };
        header = new TransportHeader(protocol, offset, offset + length);
        return length >= (protocol == IpProtocol.Tcp ? TcpMinimum : Udp) && length <= room;
    }
}
