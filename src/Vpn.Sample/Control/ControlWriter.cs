using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FifoVpn.Packets;

namespace FifoVpn.Control;

/// <summary>Puts a control message together: numbers big-endian, texts as UTF-8 behind one byte of length, addresses behind one byte that says the family, 4 or 6.</summary>
internal ref struct ControlWriter
{
    public const int MaxTextLength = 255;

    private readonly Span<byte> _buffer;
    private int _length;

    /// <param name="buffer">At least <see cref="ControlMessage.MaxLength"/> bytes hold every message.</param>
    public ControlWriter(Span<byte> buffer, ControlType type)
    {
        _buffer = buffer;
        Byte((byte)type);
    }

    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    public void Byte(byte value) => _buffer[_length++] = value;

    public void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[_length..], value);
        _length += sizeof(ushort);
    }

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[_length..], value);
        _length += sizeof(uint);
    }

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_buffer[_length..], value);
        _length += sizeof(ulong);
    }

    /// <summary>A text of at most <see cref="MaxTextLength"/> bytes; what is longer is cut at a character.</summary>
    public void Text(string text)
    {
        Span<byte> room = _buffer.Slice(_length + 1, MaxTextLength);
        Encoding.UTF8.GetEncoder().Convert(text, room, flush: true, out _, out int bytes, out _);
        Byte((byte)bytes);
        _length += bytes;
    }

    public void Address(VpnAddress address)
    {
        Byte(address.IsIPv6 ? (byte)6 : (byte)4);
        address.WriteBytes(_buffer[_length..]);
        _length += address.BitLength / 8;
    }

    /// <summary>Address and port; an IPv4 address goes as such whatever the socket calls it. Scopes mean nothing elsewhere and are left out.</summary>
    public void EndPoint(IPEndPoint endPoint)
    {
        IPAddress address = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        Byte(address.AddressFamily == AddressFamily.InterNetworkV6 ? (byte)6 : (byte)4);
        address.TryWriteBytes(_buffer[_length..], out int bytes);
        _length += bytes;
        UInt16((ushort)endPoint.Port);
    }

    public void EndPoints(IReadOnlyList<IPEndPoint> endPoints)
    {
        int count = Math.Min(endPoints.Count, ControlReader.MaxEndPoints);
        Byte((byte)count);
        for (int i = 0; i < count; i++)
        {
            EndPoint(endPoints[i]);
        }
    }
}
