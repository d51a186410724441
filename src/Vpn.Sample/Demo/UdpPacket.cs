using System.Buffers.Binary;
using FifoVpn.Packets;

namespace FifoVpn.Demo;

/// <summary>UDP (RFC 768) inside IPv4 or IPv6, as the demo's hosts speak it.</summary>
internal static class UdpPacket
{
    public const int HeaderLength = 8;
    private const ushort Port = 7777;

    /// <summary>Writes the headers around a payload that stands in place already.</summary>
    /// <returns>The packet's length.</returns>
    public static int Finish(Span<byte> packet, VpnAddress source, VpnAddress destination, int payloadLength)
    {
        int length = HeaderLength + payloadLength;
        int headerLength = IpHeader.Write(packet, source, destination, IpProtocol.Udp, length);
        Span<byte> datagram = packet.Slice(headerLength, length);
        BinaryPrimitives.WriteUInt16BigEndian(datagram, Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[4..], (ushort)length);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[6..], 0);
        ushort checksum = Checksum(datagram, source, destination);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[6..], checksum == 0 ? ushort.MaxValue : checksum);
        return headerLength + length;
    }

    /// <summary>Where the payload stands in a packet of the family.</summary>
    public static int PayloadAt(VpnAddress source) => IpHeader.LengthFor(source) + HeaderLength;

    /// <summary>The payload of an intact datagram of the demo.</summary>
    public static bool TryRead(IpPacket packet, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        ReadOnlySpan<byte> datagram = packet.Payload;
        if (packet.Protocol != IpProtocol.Udp || packet.IsIPv4Fragment || datagram.Length < HeaderLength
            || BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) != Port
            || BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]) != datagram.Length
            || Checksum(datagram, packet.Source, packet.Destination) != 0)
        {
            return false;
        }

        payload = datagram[HeaderLength..];
        return true;
    }

    private static ushort Checksum(ReadOnlySpan<byte> datagram, VpnAddress source, VpnAddress destination)
    {
        ulong sum = InternetChecksum.AddPseudoHeader(0, source, destination, IpProtocol.Udp, datagram.Length);
        return InternetChecksum.Finish(InternetChecksum.Add(sum, datagram));
    }
}
