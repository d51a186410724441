using System.Buffers.Binary;

namespace FifoVpn.Packets;

/// <summary>Makes ICMP (RFC 792) and ICMPv6 (RFC 4443 §4) echo packets, IP header included.</summary>
internal static class IcmpEcho
{
    /// <summary>Type, code, checksum, identifier, sequence number.</summary>
    public const int HeaderLength = 8;

    internal const byte RequestV4 = 8;
    internal const byte ReplyV4 = 0;
    internal const byte RequestV6 = 128;
    internal const byte ReplyV6 = 129;

    /// <summary>The length of a packet with that payload, for the family of the address.</summary>
    public static int PacketLength(VpnAddress address, int payloadLength) => IpHeader.LengthFor(address) + HeaderLength + payloadLength;

    /// <summary>Writes a whole echo request packet and returns its length.</summary>
    /// <exception cref="ArgumentException">Mixed families, or the buffer is too small.</exception>
    public static int WriteRequest(
        Span<byte> packet, VpnAddress source, VpnAddress destination, ushort identifier, ushort sequence, ReadOnlySpan<byte> payload)
    {
        byte protocol = source.IsIPv6 ? IpProtocol.IcmpV6 : IpProtocol.Icmp;
        int headerLength = IpHeader.Write(packet, source, destination, protocol, HeaderLength + payload.Length);
        Span<byte> message = packet.Slice(headerLength, HeaderLength + payload.Length);
        message[0] = source.IsIPv6 ? RequestV6 : RequestV4;
        message[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(message[4..], identifier);
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], sequence);
        payload.CopyTo(message[HeaderLength..]);
        UpdateChecksum(message, source, destination);
        return headerLength + message.Length;
    }

    /// <summary>
    /// Turns an echo request into its reply in place: addresses swapped, hop limit fresh, checksums right.
    /// Anything but an intact echo request is left as it is and answered with false.
    /// </summary>
    public static bool TryTurnIntoReply(Span<byte> packet)
    {
        if (!IcmpEchoMessage.TryRead(packet, out IcmpEchoMessage request) || request.IsReply)
        {
            return false;
        }

        VpnAddress source = request.Destination;
        VpnAddress destination = request.Source;
        int addressAt = source.IsIPv6 ? 8 : 12;
        source.WriteBytes(packet[addressAt..]);
        destination.WriteBytes(packet[(addressAt + source.ByteLength)..]);
        packet[source.IsIPv6 ? 7 : 8] = IpHeader.DefaultHopLimit;
        int headerLength = source.IsIPv6 ? IpPacket.IPv6Header : (packet[0] & 0xF) * 4;
        if (source.IsIPv4)
        {
            IpHeader.UpdateIPv4Checksum(packet[..headerLength]);
        }

        packet[headerLength] = source.IsIPv6 ? ReplyV6 : ReplyV4;
        UpdateChecksum(packet[headerLength..], source, destination);
        return true;
    }

    /// <summary>ICMPv6 covers a pseudo-header (RFC 4443 §2.3), ICMP does not.</summary>
    internal static ulong ChecksumStart(VpnAddress source, VpnAddress destination, int messageLength) =>
        source.IsIPv6 ? InternetChecksum.AddPseudoHeader(0, source, destination, IpProtocol.IcmpV6, messageLength) : 0;

    private static void UpdateChecksum(Span<byte> message, VpnAddress source, VpnAddress destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], 0);
        ulong sum = InternetChecksum.Add(ChecksumStart(source, destination, message.Length), message);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], InternetChecksum.Finish(sum));
    }
}
