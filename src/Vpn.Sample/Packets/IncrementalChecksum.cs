using System.Buffers.Binary;

namespace FifoVpn.Packets;

/// <summary>Changes an Internet checksum by what changed in its data, without a look at the rest (RFC 1624).</summary>
internal static class IncrementalChecksum
{
    /// <summary>
    /// Corrects the checksum at the start of the field for a 16-bit word of its data that was replaced. By equation 3 of RFC 1624 §3, whose
    /// result is the very one that a fresh computation gives, for data that is not all zero.
    /// </summary>
    public static void Replace(Span<byte> field, ushort before, ushort after)
    {
        uint sum = (uint)(ushort)~BinaryPrimitives.ReadUInt16BigEndian(field) + (ushort)~before + after;
        BinaryPrimitives.WriteUInt16BigEndian(field, InternetChecksum.Finish(sum));
    }
}
