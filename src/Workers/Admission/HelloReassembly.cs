using System.Buffers.Binary;
using System.Net;

namespace FifoDtls;

/// <summary>
/// One ClientHello that is put together from its fragments, in the form in which it is to be served: as one record with the whole message. What has come once stays: a later fragment
/// never changes what an earlier one, or the proven first one, has said. Used again and again.
/// </summary>
internal sealed class HelloReassembly(int maxMessageSize)
{
    private const int HeadersSize = DtlsRecord.HeaderSize + ClientHello.HandshakeHeaderSize;

    private readonly byte[] _record = new byte[HeadersSize + maxMessageSize];
    private readonly bool[] _present = new bool[maxMessageSize];
    private int _missing;
    private int _length;

    /// <summary>Whose it is; a copy of its own.</summary>
    internal SocketAddress? Source { get; private set; }

    /// <summary>When it began, by the clock's timestamps.</summary>
    internal long BeganAt { get; private set; }

    /// <summary>The record, once nothing is missing.</summary>
    internal ReadOnlySpan<byte> Record => _missing == 0 ? _record.AsSpan(0, HeadersSize + _length) : default;

    /// <summary>Begins anew. The first fragment gives the record its version and number, and is then to be added.</summary>
    internal void Begin(in HelloFragment first, SocketAddress source, long now)
    {
        Source = source;
        BeganAt = now;
        _length = first.MessageLength;
        _missing = _length;
        Array.Clear(_present);
        Span<byte> record = _record;
        first.Record[..HeadersSize].CopyTo(record);
        BinaryPrimitives.WriteUInt16BigEndian(record[11..], (ushort)(ClientHello.HandshakeHeaderSize + _length));
        record.Slice(DtlsRecord.HeaderSize + 1, 3).CopyTo(record[(DtlsRecord.HeaderSize + 9)..]); // fragment_length is length; the offset is 0
    }

    /// <summary>Whether a first fragment is of the ClientHello that is being put together: version and random, and the length, are the same.</summary>
    internal bool IsOf(in HelloFragment first)
    {
        const int size = 2 + ClientHello.RandomSize;
        return first.MessageLength == _length && first.Bytes[..size].SequenceEqual(_record.AsSpan(HeadersSize, size));
    }

    /// <summary>Takes what is new in a fragment, if it is of this message.</summary>
    internal void Add(in HelloFragment fragment)
    {
        if (fragment.MessageLength != _length)
        {
            return;
        }

        ReadOnlySpan<byte> bytes = fragment.Bytes;
        for (int i = 0; i < bytes.Length; i++)
        {
            int at = fragment.Offset + i;
            if (!_present[at])
            {
                _present[at] = true;
                _record[HeadersSize + at] = bytes[i];
                _missing--;
            }
        }
    }

    internal void End() => Source = null;
}
