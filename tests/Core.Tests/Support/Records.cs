namespace FifoDtls.Tests;

/// <summary>Makes and takes apart DTLS records, for tests that play a peer or an attacker.</summary>
internal static class Records
{
    /// <summary>A record with the given header fields and fragment (RFC 6347 §4.1).</summary>
    internal static byte[] Make(byte type, ushort epoch, long sequence, ReadOnlySpan<byte> fragment, ushort version = 0xFEFD) =>
    [
        type, (byte)(version >> 8), (byte)version, (byte)(epoch >> 8), (byte)epoch,
        (byte)(sequence >> 40), (byte)(sequence >> 32), (byte)(sequence >> 24), (byte)(sequence >> 16), (byte)(sequence >> 8), (byte)sequence,
        (byte)(fragment.Length >> 8), (byte)fragment.Length, .. fragment,
    ];

    /// <summary>The HelloVerifyRequest for a ClientHello (RFC 6347 §4.2.1): the record's sequence number is the ClientHello's, message_seq is 0, the version is DTLS 1.0's.</summary>
    internal static byte[] VerifyRequest(ReadOnlySpan<byte> hello, ReadOnlySpan<byte> cookie)
    {
        byte[] body = [0xFE, 0xFF, (byte)cookie.Length, .. cookie];
        byte[] record = Make(
            DtlsRecord.Handshake, 0, 0, [3, 0, (byte)(body.Length >> 8), (byte)body.Length, 0, 0, 0, 0, 0, 0, (byte)(body.Length >> 8), (byte)body.Length, .. body], 0xFEFF);
        hello.Slice(5, 6).CopyTo(record.AsSpan(5));
        return record;
    }

    /// <summary>Splits a datagram into its records.</summary>
    internal static List<byte[]> Split(ReadOnlySpan<byte> datagram)
    {
        List<byte[]> records = [];
        while (datagram.Length > 0)
        {
            int size = DtlsRecord.HeaderSize + DtlsRecord.FragmentSize(datagram);
            records.Add(datagram[..size].ToArray());
            datagram = datagram[size..];
        }

        return records;
    }
}
