using System.Buffers.Binary;

namespace FifoVpn.Packets;

/// <summary>Finds what an IPv6 packet carries behind its extension headers (RFC 8200 §4).</summary>
internal static class IPv6Headers
{
    private const byte HopByHop = 0;
    private const byte Routing = 43;
    private const byte Fragment = 44;
    private const byte Authentication = 51;
    private const byte DestinationOptions = 60;
    private const byte Mobility = 135;

    /// <summary>
    /// The first protocol that is no extension header, and where its header begins: the end of the packet, when there is none. The packet is one
    /// that <see cref="IpPacket.TryParse"/> took. False when a header reaches past the end.
    /// </summary>
    /// <param name="laterFragment">True when the packet is a fragment but not the first one: at the offset is not the start of a header.</param>
    public static bool TryFindUpperLayer(ReadOnlySpan<byte> packet, out byte protocol, out int offset, out bool laterFragment)
    {
        protocol = packet[6];
        offset = IpPacket.IPv6Header;
        laterFragment = false;
        while (!laterFragment && IsExtension(protocol))
        {
            ReadOnlySpan<byte> header = packet[offset..];
            if (header.Length < 8)
            {
                return false;
            }

            int length = protocol switch
            {
                Fragment => 8,
                Authentication => (header[1] + 2) * 4, // RFC 4302 §2.2 counts in 4-byte units
                _ => (header[1] + 1) * 8,
            };
            if (length > header.Length)
            {
                return false;
            }

            laterFragment = protocol == Fragment && BinaryPrimitives.ReadUInt16BigEndian(header[2..]) >> 3 != 0;
            protocol = header[0];
            offset += length;
        }

        return true;
    }

    private static bool IsExtension(byte protocol) =>
        protocol is HopByHop or Routing or Fragment or Authentication or DestinationOptions or Mobility;
}
