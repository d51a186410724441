using System.Buffers.Binary;
using System.Diagnostics;

namespace FifoVpn.Packets;

/// <summary>The time to live (RFC 791) and the hop limit (RFC 8200) of packets that are forwarded.</summary>
internal static class HopLimit
{
    /// <summary>
    /// Takes one from the hop limit of a packet that <see cref="IpPacket.TryParse"/> took. False, with the packet as it was, when it is 1 or 0:
    /// then the packet goes no further (RFC 1812 §5.3.1, RFC 8200 §3). An IPv4 header checksum that was wrong stays wrong.
    /// </summary>
    public static bool TryDecrement(Span<byte> packet)
    {
        Debug.Assert(IpPacket.TryParse(packet, out _, out _), "Lengths and version are checked before.");
        bool ipv6 = packet[0] >> 4 == 6;
        ref byte hops = ref packet[ipv6 ? 7 : 8];
        if (hops <= 1)
        {
            return false;
        }

        ushort before = BinaryPrimitives.ReadUInt16BigEndian(packet[8..]);
        hops--;
        if (!ipv6)
        {
            ushort after = BinaryPrimitives.ReadUInt16BigEndian(packet[8..]);
            IncrementalChecksum.Replace(packet[10..], before, after);
        }

        return true;
    }
}
