using System.Buffers.Binary;

namespace FifoVpn.Packets;

/// <summary>
/// Lowers the maximum segment size that a TCP SYN announces (RFC 9293 §3.7.1) to what a tunnel carries, so that TCP does not depend on ICMP
/// errors that firewalls like to drop.
/// </summary>
internal static class TcpMss
{
    /// <summary>The smallest MTU that IPv4 permits (RFC 791 §3.2).</summary>
    public const int MinimumMtu = 68;

    private const int TcpHeader = 20;
    private const byte Syn = 0x02;
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte MssOption = 2;

    /// <summary>
    /// Lowers each MSS option above <paramref name="mtu"/> less the IP and TCP headers without options (RFC 6691 §2) and corrects the TCP checksum.
    /// True if the packet was changed. Left alone are packets that are no SYN, malformed ones, and a SYN without the option: its
    /// sender gets segments of 536 (IPv4) or 1220 bytes (IPv6).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The MTU is below 68.</exception>
    public static bool Clamp(Span<byte> packet, int mtu)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mtu, MinimumMtu);
        if (!TryFindSyn(packet, out int offset, out int ipHeader))
        {
            return false;
        }

        Span<byte> segment = packet[offset..];
        int headerLength = (segment[12] >> 4) * 4;
        return headerLength >= TcpHeader && headerLength <= segment.Length
            && ClampOptions(segment[..headerLength], (ushort)Math.Min(mtu - ipHeader - TcpHeader, ushort.MaxValue));
    }

    private static bool TryFindSyn(ReadOnlySpan<byte> packet, out int offset, out int ipHeader)
    {
        offset = 0;
        ipHeader = 0;
        if (!IpPacket.TryParse(packet, out IpPacket parsed, out _))
        {
            return false;
        }

        byte protocol = parsed.Protocol;
        bool laterFragment = !parsed.IsIPv6 && (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x1FFF) != 0;
        offset = parsed.Header.Length;
        ipHeader = parsed.IsIPv6 ? IpPacket.IPv6Header : IpPacket.IPv4MinimumHeader;
        if (parsed.IsIPv6 && !IPv6Headers.TryFindUpperLayer(packet, out protocol, out offset, out laterFragment))
        {
            return false;
        }

        return protocol == IpProtocol.Tcp && !laterFragment && packet.Length - offset >= TcpHeader && (packet[offset + 13] & Syn) != 0;
    }

    private static bool ClampOptions(Span<byte> header, ushort limit)
    {
        bool changed = false;
        int at = TcpHeader;
        while (at < header.Length && header[at] != EndOfOptions)
        {
            if (header[at] == NoOperation)
            {
                at++;
                continue;
            }

            int length = at + 1 < header.Length ? header[at + 1] : 0;
            if (length < 2 || at + length > header.Length)
            {
                break; // malformed: what follows can't be told apart
            }

            if (header[at] == MssOption && length == 4)
            {
                changed |= Lower(header, at + 2, limit);
            }

            at += length;
        }

        return changed;
    }

    private static bool Lower(Span<byte> header, int at, ushort limit)
    {
        ushort before = BinaryPrimitives.ReadUInt16BigEndian(header[at..]);
        if (before <= limit)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(header[at..], limit);
        // At an odd offset the value straddles two words of the checksum, with its bytes in the other's places (RFC 1071 §2 B).
        bool straddles = at % 2 != 0;
        IncrementalChecksum.Replace(
            header[16..], straddles ? BinaryPrimitives.ReverseEndianness(before) : before, straddles ? BinaryPrimitives.ReverseEndianness(limit) : limit);
        return true;
    }
}
