using System.Runtime.InteropServices;
using FifoVpn.Packets;

namespace FifoVpn.Devices;

/// <summary>One rtnetlink request being written (RFC 3549): header, a fixed part, attributes. Numbers are in host byte order.</summary>
internal sealed class NetlinkRequest
{
    public const int HeaderLength = 16;
    public const ushort FlagRequest = 0x1;
    public const ushort FlagAck = 0x4;
    public const ushort FlagReplace = 0x100;
    public const ushort FlagExclusive = 0x200;
    public const ushort FlagCreate = 0x400;

    private const int Alignment = 4;

    private readonly byte[] _buffer = new byte[256];
    private int _length = HeaderLength;

    public NetlinkRequest(ushort type, ushort flags, ReadOnlySpan<byte> fixedPart)
    {
        MemoryMarshal.Write(_buffer.AsSpan(4), type);
        MemoryMarshal.Write(_buffer.AsSpan(6), (ushort)(flags | FlagRequest | FlagAck));
        Append(fixedPart);
    }

    /// <summary>An attribute by itself, to be nested in another: length, type, value, padding to four bytes.</summary>
    public static byte[] EncodeAttribute(ushort type, ReadOnlySpan<byte> value)
    {
        int length = 4 + value.Length;
        byte[] attribute = new byte[Align(length)];
        MemoryMarshal.Write(attribute, (ushort)length);
        MemoryMarshal.Write(attribute.AsSpan(2), type);
        value.CopyTo(attribute.AsSpan(4));
        return attribute;
    }

    public NetlinkRequest Add(ushort type, ReadOnlySpan<byte> value)
    {
        Append(EncodeAttribute(type, value));
        return this;
    }

    public NetlinkRequest Add(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        MemoryMarshal.Write(bytes, value);
        return Add(type, bytes);
    }

    public NetlinkRequest Add(ushort type, VpnAddress value)
    {
        Span<byte> bytes = stackalloc byte[value.ByteLength];
        value.WriteBytes(bytes);
        return Add(type, bytes);
    }

    /// <summary>Stamps length and sequence number and gives the bytes to send.</summary>
    public ReadOnlySpan<byte> Finish(uint sequence)
    {
        MemoryMarshal.Write(_buffer, (uint)_length);
        MemoryMarshal.Write(_buffer.AsSpan(8), sequence);
        return _buffer.AsSpan(0, _length);
    }

    private static int Align(int length) => (length + Alignment - 1) / Alignment * Alignment;

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += Align(bytes.Length);
    }
}
