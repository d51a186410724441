namespace FifoDtls.Fuzz;

/// <summary>Changes that keep a datagram a row of DTLS records and handshake fragments (RFC 6347 §4.1, §4.2.2): those that random changes would hardly ever make.</summary>
internal static class DtlsStructure
{
    private const int RecordHeader = DtlsRecord.HeaderSize;
    private const int MessageHeader = 12;
    private const int MaxRecords = 32;

    private static readonly byte[] Types = [20, 21, 22, 23, 24, 25, 26, 0, 19];
    private static readonly byte[] Messages = [0, 1, 2, 3, 4, 11, 12, 13, 14, 15, 16, 20, 22, 24, 255];
    private static readonly ushort[] Versions = [0xFEFD, 0xFEFF, 0xFEFC, 0xFEFE, 0x0303, 0x0304, 0x0100];

    internal static void Change(MutationBuffer buffer, FuzzRandom random)
    {
        Span<int> starts = stackalloc int[MaxRecords];
        int count = FindRecords(buffer.Bytes, starts);
        if (count == 0)
        {
            return;
        }

        int chosen = random.Below(count);
        int at = starts[chosen];
        int size = RecordHeader + DtlsRecord.FragmentSize(buffer.Bytes[at..]);
        switch (random.Below(10))
        {
            case 0:
                buffer.Write(at, 1, Types[random.Below(Types.Length)]);
                break;
            case 1:
                buffer.Write(at + 1, 2, Versions[random.Below(Versions.Length)]);
                break;
            case 2:
                buffer.Write(at + 3, 2, random.OneIn(3) ? random.Next() : (ulong)random.Below(3));
                break;
            case 3:
                Mutator.SetNumber(buffer, random, at + 5, 6);
                break;
            case 4:
                Mutator.SetNumber(buffer, random, at + 11, 2);
                break;
            case 5:
                buffer.Insert(starts[random.Below(count)], buffer.Bytes.Slice(at, size));
                break;
            case 6:
                buffer.Delete(at, size);
                break;
            case 7 or 8:
                ChangeMessage(buffer, random, at);
                break;
            default:
                Fragment(buffer, random, at, size);
                break;
        }
    }

    /// <summary>Makes the lengths true again that other changes have made wrong: only so do deeper changes get past the first checks.</summary>
    internal static void Repair(MutationBuffer buffer, FuzzRandom random)
    {
        if (buffer.Length < RecordHeader)
        {
            return;
        }

        int size = buffer.Length - RecordHeader;
        buffer.Write(11, 2, (ulong)size);
        if (buffer.Bytes[0] != DtlsRecord.Handshake || size < MessageHeader)
        {
            return;
        }

        ulong body = (ulong)(size - MessageHeader);
        buffer.Write(RecordHeader + 9, 3, body);
        if (random.OneIn(2))
        {
            buffer.Write(RecordHeader + 1, 3, body);
            buffer.Write(RecordHeader + 6, 3, 0);
        }
    }

    private static int FindRecords(ReadOnlySpan<byte> datagram, Span<int> starts)
    {
        int count = 0;
        int at = 0;
        while (count < starts.Length && datagram.Length - at >= RecordHeader && DtlsRecord.FragmentSize(datagram[at..]) <= datagram.Length - at - RecordHeader)
        {
            starts[count++] = at;
            at += RecordHeader + DtlsRecord.FragmentSize(datagram[at..]);
        }

        return count;
    }

    private static void ChangeMessage(MutationBuffer buffer, FuzzRandom random, int record)
    {
        int message = record + RecordHeader;
        switch (random.Below(5))
        {
            case 0:
                buffer.Write(message, 1, Messages[random.Below(Messages.Length)]);
                break;
            case 1:
                Mutator.SetNumber(buffer, random, message + 1, 3);
                break;
            case 2:
                buffer.Write(message + 4, 2, random.OneIn(4) ? random.Next() : (ulong)random.Below(4));
                break;
            case 3:
                Mutator.SetNumber(buffer, random, message + 6, 3);
                break;
            default:
                Mutator.SetNumber(buffer, random, message + 9, 3);
                break;
        }
    }

    // One record with a whole message or fragment becomes two, which may overlap by some bytes or leave some out.
    private static void Fragment(MutationBuffer buffer, FuzzRandom random, int at, int size)
    {
        int body = size - RecordHeader - MessageHeader;
        if (buffer.Bytes[at] != DtlsRecord.Handshake || body < 2)
        {
            return;
        }

        int offset = (int)buffer.Read(at + RecordHeader + 6, 3);
        int cut = 1 + random.Below(body - 1);
        int second = Math.Clamp(cut + (random.OneIn(4) ? random.Below(9) - 4 : 0), 1, body - 1);
        Span<byte> headers = stackalloc byte[RecordHeader + MessageHeader];
        buffer.Bytes.Slice(at, headers.Length).CopyTo(headers);
        int bodyAt = at + headers.Length;
        if (second < cut)
        {
            buffer.Insert(bodyAt + cut, buffer.Bytes[(bodyAt + second)..(bodyAt + cut)]);
        }
        else
        {
            buffer.Delete(bodyAt + cut, second - cut);
        }

        buffer.Insert(bodyAt + cut, headers);
        WriteLengths(buffer, at, offset, cut);
        WriteLengths(buffer, bodyAt + cut, offset + second, body - second);
        buffer.Write(bodyAt + cut + 5, 6, buffer.Read(at + 5, 6) + 1);
    }

    private static void WriteLengths(MutationBuffer buffer, int record, int offset, int length)
    {
        buffer.Write(record + 11, 2, (ulong)(MessageHeader + length));
        buffer.Write(record + RecordHeader + 6, 3, (ulong)offset);
        buffer.Write(record + RecordHeader + 9, 3, (ulong)length);
    }
}
