using System.Buffers.Binary;

namespace FifoDtls;

/// <summary>The 13-byte record header of DTLS 1.0 and 1.2 (RFC 6347 §4.1), and what can be told from it without keys.</summary>
internal static class DtlsRecord
{
    internal const int HeaderSize = 13;

    /// <summary>RFC 5246 §6.2.3: TLSCiphertext.length must not exceed 2^14 + 2048.</summary>
    internal const int MaxFragmentSize = 16_384 + 2_048;

    /// <summary>RFC 5246 §6.2.1: TLSPlaintext.length must not exceed 2^14, however large the datagrams are.</summary>
    internal const int MaxPlaintextSize = 16_384;

    private const ulong MaxSequenceNumber = (1UL << 48) - 1;

    internal const byte ChangeCipherSpec = 20;
    internal const byte Alert = 21;
    internal const byte Handshake = 22;
    internal const byte ApplicationData = 23;

    internal static byte ContentType(ReadOnlySpan<byte> record) => record[0];

    internal static ushort Epoch(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt16BigEndian(record[3..]);

    /// <summary>The record's number within its epoch, of 48 bits.</summary>
    internal static ulong SequenceNumber(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt64BigEndian(record[3..]) & MaxSequenceNumber;

    internal static void SetSequenceNumber(Span<byte> record, ulong number) =>
        BinaryPrimitives.WriteUInt64BigEndian(record[3..], ((ulong)Epoch(record) << 48) | (number & MaxSequenceNumber));

    internal static int FragmentSize(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt16BigEndian(record[11..]);

    /// <summary>
    /// How much of a datagram is worth showing to the engine: the records from its start that are whole, of a known type and version, and not application
    /// data in the clear (which no correct peer sends, and which would end a handshake in progress). 0 means that the datagram is to be dropped.
    /// </summary>
    internal static int PlausibleLength(ReadOnlySpan<byte> datagram)
    {
        int length = 0;
        while (datagram.Length - length >= HeaderSize)
        {
            ReadOnlySpan<byte> record = datagram[length..];
            int fragment = FragmentSize(record);
            if (record[0] is < ChangeCipherSpec or > ApplicationData
                || record[1] != 0xFE || record[2] is not (0xFD or 0xFF)
                || (record[0] == ApplicationData && Epoch(record) == 0)
                || fragment > MaxFragmentSize || fragment > record.Length - HeaderSize)
            {
                break;
            }

            length += HeaderSize + fragment;
        }

        return length;
    }

    /// <summary>How long those records from the start of a datagram of whole records are together that fit within a limit. 0 if the first one does not.</summary>
    internal static int LengthWithin(ReadOnlySpan<byte> datagram, int limit)
    {
        int length = 0;
        while (datagram.Length - length >= HeaderSize)
        {
            int next = length + HeaderSize + FragmentSize(datagram[length..]);
            if (next > limit)
            {
                break;
            }

            length = next;
        }

        return length;
    }
}
