using System.Buffers.Binary;

namespace FifoVpn.Packets;

/// <summary>The Internet checksum (RFC 1071): the one's complement of the one's complement sum of the 16-bit words.</summary>
internal static class InternetChecksum
{
    /// <summary>The checksum of data whose checksum field is zero; 0 for data whose checksum field is right.</summary>
    public static ushort Compute(ReadOnlySpan<byte> data) => Finish(Add(0, data));

    /// <summary>
    /// Adds data to a running sum. Only the last piece may have an odd length (RFC 1071 §4.1 pads it with a zero byte).
    /// The sum cannot overflow below 16 GiB of data.
    /// </summary>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> data)
    {
        // Words of 32 bits give the same folded sum as words of 16 bits (RFC 1071 §2 C).
        while (data.Length >= 4)
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(data);
            data = data[4..];
        }

        if (data.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(data);
            data = data[2..];
        }

        return data.IsEmpty ? sum : sum + ((ulong)data[0] << 8);
    }

    /// <summary>The sum over the pseudo-header of an upper-layer checksum (RFC 8200 §8.1; the IPv4 form sums to the same fields).</summary>
    public static ulong AddPseudoHeader(ulong sum, VpnAddress source, VpnAddress destination, byte protocol, int upperLayerLength)
    {
        Span<byte> addresses = stackalloc byte[32];
        source.WriteBytes(addresses);
        destination.WriteBytes(addresses[source.ByteLength..]);
        return Add(sum, addresses[..(2 * source.ByteLength)]) + protocol + (uint)upperLayerLength;
    }

    /// <summary>Folds the carries and takes the complement.</summary>
    public static ushort Finish(ulong sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
