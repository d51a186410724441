using System.Buffers.Binary;

namespace FifoVpn.Control;

/// <summary>
/// A packet in two datagrams, for paths that carry less than the packets that no router may refuse (RFC 8200 §5: 1280 bytes of IPv6). A
/// <see cref="ControlType.PacketPart"/> is a number that both parts have, which part it is (0 or 1), and the part.
/// </summary>
internal static class SplitPacket
{
    public const int HeaderLength = 1 + sizeof(ushort) + 1;

    /// <summary>Writes one part. The first has the larger half.</summary>
    public static ReadOnlySpan<byte> Write(Span<byte> buffer, ReadOnlySpan<byte> packet, ushort number, byte part)
    {
        int half = (packet.Length + 1) / 2;
        ReadOnlySpan<byte> bytes = part == 0 ? packet[..half] : packet[half..];
        buffer[0] = (byte)ControlType.PacketPart;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[1..], number);
        buffer[3] = part;
        bytes.CopyTo(buffer[HeaderLength..]);
        return buffer[..(HeaderLength + bytes.Length)];
    }

    /// <summary>The largest packet whose parts are no larger than that.</summary>
    public static int MaxPacket(int maxPart) => 2 * (maxPart - HeaderLength);

    public static bool TryRead(ReadOnlySpan<byte> message, out ushort number, out byte part, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        var reader = new ControlReader(message);
        bool valid = reader.TryUInt16(out number) & reader.TryByte(out part) && part <= 1;
        if (valid)
        {
            bytes = message[HeaderLength..];
        }

        return valid && !bytes.IsEmpty;
    }
}
