using System.Buffers.Binary;

namespace FifoDtls;

/// <summary>A record that holds one fragment of a ClientHello, not the whole (RFC 6347 §4.2.3). It refers to the datagram; nothing is copied.</summary>
internal readonly ref struct HelloFragment
{
    private HelloFragment(ReadOnlySpan<byte> record)
    {
        Record = record;
    }

    /// <summary>The record, which ends where the fragment does.</summary>
    internal ReadOnlySpan<byte> Record { get; }

    internal ReadOnlySpan<byte> RecordSequence => Record.Slice(5, 6);

    internal int MessageSequence => BinaryPrimitives.ReadUInt16BigEndian(Message[4..]);

    /// <summary>The length of the whole message's body.</summary>
    internal int MessageLength => ClientHello.ReadUInt24(Message[1..]);

    /// <summary>Where in the body the fragment begins.</summary>
    internal int Offset => ClientHello.ReadUInt24(Message[6..]);

    /// <summary>The fragment; not empty.</summary>
    internal ReadOnlySpan<byte> Bytes => Message[ClientHello.HandshakeHeaderSize..];

    private ReadOnlySpan<byte> Message => Record[DtlsRecord.HeaderSize..];

    /// <summary>Reads the first record of a datagram. A whole ClientHello is refused, as is what contradicts itself.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> datagram, out HelloFragment fragment)
    {
        fragment = default;
        if (!ClientHello.Begins(datagram) || DtlsRecord.PlausibleLength(datagram) == 0)
        {
            return false;
        }

        int size = DtlsRecord.FragmentSize(datagram);
        if (size <= ClientHello.HandshakeHeaderSize)
        {
            return false;
        }

        var parsed = new HelloFragment(datagram[..(DtlsRecord.HeaderSize + size)]);
        int length = ClientHello.ReadUInt24(parsed.Message[9..]);
        if (length != parsed.Bytes.Length || length >= parsed.MessageLength || parsed.Offset > parsed.MessageLength - length)
        {
            return false;
        }

        fragment = parsed;
        return true;
    }
}
