namespace FifoDtls.Fuzz;

/// <summary>
/// A second reading of ClientHellos, written from RFC 6347 §4.2.1 and RFC 5246 §7.4.1.2 alone, byte by byte: what it and the code under test say must be the same.
/// </summary>
internal static class HelloOracle
{
    internal readonly ref struct Reading
    {
        internal required int Sequence { get; init; }

        internal required ReadOnlySpan<byte> VersionToSession { get; init; }

        internal required ReadOnlySpan<byte> Cookie { get; init; }

        internal required ReadOnlySpan<byte> Suites { get; init; }
    }

    /// <summary>Reads the first record as a whole ClientHello.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> datagram, out Reading reading)
    {
        reading = default;
        if (!TryFindFragment(datagram, out int total, out int offset, out ReadOnlySpan<byte> bytes) || offset != 0 || bytes.Length != total)
        {
            return false;
        }

        int at = 34;
        if (!Vector(bytes, ref at, 1, 0, 32))
        {
            return false;
        }

        int session = at;
        if (!Vector(bytes, ref at, 1, 0, 255))
        {
            return false;
        }

        int cookie = at;
        if (!Vector(bytes, ref at, 2, 2, 65_534) || !Vector(bytes, ref at, 1, 1, 255))
        {
            return false;
        }

        reading = new Reading
        {
            Sequence = (datagram[17] << 8) + datagram[18],
            VersionToSession = bytes[..session],
            Cookie = bytes[(session + 1)..cookie],
            Suites = bytes[cookie..at],
        };
        return true;
    }

    /// <summary>Whether the first record is one fragment of a ClientHello that is neither whole nor empty.</summary>
    internal static bool IsFragment(ReadOnlySpan<byte> datagram) =>
        TryFindFragment(datagram, out int total, out int offset, out ReadOnlySpan<byte> bytes) && bytes.Length > 0 && bytes.Length < total && offset + bytes.Length <= total;

    private static bool TryFindFragment(ReadOnlySpan<byte> datagram, out int total, out int offset, out ReadOnlySpan<byte> bytes)
    {
        total = 0;
        offset = 0;
        bytes = default;
        if (datagram.Length < 25 || datagram[0] != 22 || datagram[1] != 0xFE || datagram[2] is not (0xFD or 0xFF) || (datagram[3] | datagram[4]) != 0 || datagram[13] != 1)
        {
            return false;
        }

        int record = (datagram[11] * 256) + datagram[12];
        total = (datagram[14] * 65_536) + (datagram[15] * 256) + datagram[16];
        offset = (datagram[19] * 65_536) + (datagram[20] * 256) + datagram[21];
        int length = (datagram[22] * 65_536) + (datagram[23] * 256) + datagram[24];
        if (record > 18_432 || record > datagram.Length - 13 || record != length + 12)
        {
            return false;
        }

        bytes = datagram.Slice(25, length);
        return true;
    }

    private static bool Vector(ReadOnlySpan<byte> body, ref int at, int lengthSize, int min, int max)
    {
        if (at + lengthSize > body.Length)
        {
            return false;
        }

        int length = 0;
        for (int i = 0; i < lengthSize; i++)
        {
            length = (length * 256) + body[at + i];
        }

        at += lengthSize + length;
        return length >= min && length <= max && at <= body.Length;
    }
}
