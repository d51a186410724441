using System.Buffers.Binary;

namespace FifoVpn.Control;

/// <summary>
/// A <see cref="ControlType.MtuProbe"/> is padded to the length of the packet whose way is tried (RFC 8899: a probe that arrives proves its size). The
/// <see cref="ControlType.MtuProbeAck"/> tells that length.
/// </summary>
internal static class MtuProbe
{
    public const int MinLength = 1;
    public const int AckLength = 1 + sizeof(ushort);

    public static ReadOnlySpan<byte> Write(Span<byte> buffer, int length)
    {
        Span<byte> probe = buffer[..length];
        probe.Clear();
        probe[0] = (byte)ControlType.MtuProbe;
        return probe;
    }

    public static ReadOnlySpan<byte> WriteAck(Span<byte> buffer, int length)
    {
        buffer[0] = (byte)ControlType.MtuProbeAck;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[1..], (ushort)length);
        return buffer[..AckLength];
    }

    public static bool TryReadAck(ReadOnlySpan<byte> message, out int length)
    {
        bool valid = new ControlReader(message).TryUInt16(out ushort value);
        length = value;
        return valid;
    }
}
