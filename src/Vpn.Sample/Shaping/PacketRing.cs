using System.Buffers.Binary;
using System.Diagnostics;

namespace FifoVpn.Shaping;

/// <summary>
/// A queue of packets, bounded in bytes, in one circular buffer that grows to what was needed and is kept: no packet allocates. Not thread-safe.
/// </summary>
internal sealed class PacketRing
{
    private const int LengthField = sizeof(ushort);
    private const int FirstSize = 16 * 1024;

    private byte[] _buffer = [];
    private int _first;
    private int _used;

    /// <param name="capacity">The packet bytes that it holds at most.</param>
    public PacketRing(int capacity) => Capacity = capacity;

    public int Capacity { get; }

    public int Packets { get; private set; }

    /// <summary>Of the packets alone.</summary>
    public int Bytes => _used - (Packets * LengthField);

    /// <summary>Copies the packet to the end; false when the capacity does not permit it.</summary>
    public bool TryAdd(ReadOnlySpan<byte> packet)
    {
        Debug.Assert(packet.Length is > 0 and <= ushort.MaxValue, "IP packets are not longer.");
        if (packet.Length > Capacity - Bytes)
        {
            return false;
        }

        Reserve(LengthField + packet.Length);
        Span<byte> length = stackalloc byte[LengthField];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)packet.Length);
        Append(length);
        Append(packet);
        Packets++;
        return true;
    }

    /// <summary>The length of the first packet, which must be there.</summary>
    public int FirstLength()
    {
        Debug.Assert(Packets > 0, "There is a packet.");
        Span<byte> length = stackalloc byte[LengthField];
        CopyOut(_first, length);
        return BinaryPrimitives.ReadUInt16LittleEndian(length);
    }

    /// <summary>Copies the first packet, which must be there, and removes it.</summary>
    public int Take(Span<byte> packet)
    {
        int length = FirstLength();
        CopyOut((_first + LengthField) % _buffer.Length, packet[..length]);
        _used -= LengthField + length;
        _first = _used == 0 ? 0 : (_first + LengthField + length) % _buffer.Length;
        Packets--;
        return length;
    }

    /// <summary>Removes all packets and gives the memory back.</summary>
    public void Clear()
    {
        _buffer = [];
        _first = 0;
        _used = 0;
        Packets = 0;
    }

    private void Append(ReadOnlySpan<byte> data)
    {
        int at = (_first + _used) % _buffer.Length;
        int straight = Math.Min(data.Length, _buffer.Length - at);
        data[..straight].CopyTo(_buffer.AsSpan(at));
        data[straight..].CopyTo(_buffer);
        _used += data.Length;
    }

    private void CopyOut(int at, Span<byte> data)
    {
        int straight = Math.Min(data.Length, _buffer.Length - at);
        _buffer.AsSpan(at, straight).CopyTo(data);
        _buffer.AsSpan(0, data.Length - straight).CopyTo(data[straight..]);
    }

    private void Reserve(int more)
    {
        if (_used + more <= _buffer.Length)
        {
            return;
        }

        byte[] larger = new byte[Math.Max(_used + more, Math.Max(FirstSize, (int)Math.Min(2L * _buffer.Length, Array.MaxLength)))];
        if (_used > 0)
        {
            CopyOut(_first, larger.AsSpan(0, _used));
        }

        _buffer = larger;
        _first = 0;
    }
}
