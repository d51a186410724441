using System.Buffers.Binary;

namespace FifoDtls.Fuzz;

/// <summary>The input that is being made: bytes that grow and shrink in one array. Each change keeps within it; nothing is allocated.</summary>
internal sealed class MutationBuffer(int capacity)
{
    private readonly byte[] _bytes = new byte[capacity];
    private readonly byte[] _moved = new byte[capacity];

    internal int Length { get; private set; }

    internal Span<byte> Bytes => _bytes.AsSpan(0, Length);

    internal byte[] Array => _bytes;

    internal void Load(ReadOnlySpan<byte> bytes)
    {
        Length = Math.Min(bytes.Length, _bytes.Length);
        bytes[..Length].CopyTo(_bytes);
    }

    internal void Truncate(int length) => Length = Math.Clamp(length, 0, Length);

    internal void Delete(int at, int count)
    {
        at = Math.Clamp(at, 0, Length);
        count = Math.Clamp(count, 0, Length - at);
        _bytes.AsSpan(at + count, Length - at - count).CopyTo(_bytes.AsSpan(at));
        Length -= count;
    }

    /// <summary>Makes room for bytes; what does not fit at the end is lost.</summary>
    /// <returns>The room, to be filled. It has its old content.</returns>
    internal Span<byte> Open(int at, int count)
    {
        at = Math.Clamp(at, 0, Length);
        count = Math.Clamp(count, 0, _bytes.Length - at);
        int tail = Math.Min(Length - at, _bytes.Length - at - count);
        _bytes.AsSpan(at, tail).CopyTo(_bytes.AsSpan(at + count));
        Length = at + count + tail;
        return _bytes.AsSpan(at, count);
    }

    internal void Insert(int at, ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, _moved.Length)];
        Span<byte> copy = _moved.AsSpan(0, bytes.Length); // they may be the buffer's own
        bytes.CopyTo(copy);
        Span<byte> room = Open(at, copy.Length);
        copy[..room.Length].CopyTo(room);
    }

    /// <summary>Writes a big-endian number of 1 to 8 bytes, as far as it fits.</summary>
    internal void Write(int at, int size, ulong value)
    {
        if (at < 0 || size is < 1 or > 8 || at + size > Length)
        {
            return;
        }

        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(number, value);
        number[(8 - size)..].CopyTo(Bytes[at..]);
    }

    internal ulong Read(int at, int size)
    {
        ulong value = 0;
        for (int i = at; i >= 0 && i < at + size && i < Length; i++)
        {
            value = (value << 8) | _bytes[i];
        }

        return value;
    }
}
