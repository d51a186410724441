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
