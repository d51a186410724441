using System.Buffers.Binary;

namespace FifoDtls;

/// <summary>
/// A ClientHello that stands whole in the first record of a datagram, or its first fragment (RFC 6347 §4.2.1 to §4.2.3, RFC 5246 §7.4.1.2), as far as admission needs it. It refers to the
/// datagram; nothing is copied.
/// </summary>
internal readonly ref struct ClientHello
{
    internal const int RandomSize = 32;

    internal const int HandshakeHeaderSize = 12;
    private const byte HandshakeTypeClientHello = 1;

    private ClientHello(
        ReadOnlySpan<byte> recordSequence, int messageSequence, ReadOnlySpan<byte> versionToSession, ReadOnlySpan<byte> cookie, ReadOnlySpan<byte> suitesToCompression)
    {
        RecordSequence = recordSequence;
        MessageSequence = messageSequence;
        VersionToSession = versionToSession;
        Cookie = cookie;
        SuitesToCompression = suitesToCompression;
    }

    /// <summary>The record's sequence number, 6 bytes: a HelloVerifyRequest repeats it (RFC 6347 §4.2.1).</summary>
    internal ReadOnlySpan<byte> RecordSequence { get; }

    /// <summary>The message_seq: 0 in the first ClientHello, 1 in the one that answers a HelloVerifyRequest.</summary>
    internal int MessageSequence { get; }

    /// <summary>client_version, random and session_id, as they stand.</summary>
    internal ReadOnlySpan<byte> VersionToSession { get; }

    /// <summary>The random, which tells one attempt of a client from another.</summary>
    internal ReadOnlySpan<byte> Random => VersionToSession.Slice(2, RandomSize);

    /// <summary>Whether the client offers a session to be resumed. With a ticket too: libssl invents an identifier for it (RFC 5077 §3.4).</summary>
    internal bool OffersSession => VersionToSession[2 + RandomSize] != 0;

    internal ReadOnlySpan<byte> Cookie { get; }

    /// <summary>cipher_suites and compression_methods, as they stand; empty when a first fragment does not show them whole.</summary>
    internal ReadOnlySpan<byte> SuitesToCompression { get; }

    internal bool ShowsSuites => !SuitesToCompression.IsEmpty;

    /// <summary>Whether a datagram begins with (a fragment of) a ClientHello in the clear. Cheap: the reader asks it of every datagram.</summary>
    internal static bool Begins(ReadOnlySpan<byte> datagram) =>
        datagram.Length > DtlsRecord.HeaderSize
        && datagram[0] == DtlsRecord.Handshake && datagram[DtlsRecord.HeaderSize] == HandshakeTypeClientHello && DtlsRecord.Epoch(datagram) == 0;

    /// <summary>Reads what the first fragment shows. One that ends before the cookie does is refused.</summary>
    internal static bool TryParseStart(in HelloFragment fragment, out ClientHello hello) =>
        TryParseBody(fragment.Bytes, fragment.RecordSequence, fragment.MessageSequence, isStart: true, out hello);

    /// <summary>Reads a ClientHello. A fragmented one, and one with a length that does not fit, is refused.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> datagram, out ClientHello hello)
    {
        hello = default;
        if (!Begins(datagram) || DtlsRecord.PlausibleLength(datagram) == 0)
        {
            return false;
        }

        ReadOnlySpan<byte> message = datagram.Slice(DtlsRecord.HeaderSize, DtlsRecord.FragmentSize(datagram));
        if (message.Length < HandshakeHeaderSize)
        {
            return false;
        }

        int length = ReadUInt24(message[1..]);
        bool whole = ReadUInt24(message[6..]) == 0 && ReadUInt24(message[9..]) == length && message.Length == HandshakeHeaderSize + length;
        return whole && TryParseBody(
            message[HandshakeHeaderSize..], datagram.Slice(5, 6), BinaryPrimitives.ReadUInt16BigEndian(message[4..]), isStart: false, out hello);
    }

    private static bool TryParseBody(ReadOnlySpan<byte> body, ReadOnlySpan<byte> recordSequence, int messageSequence, bool isStart, out ClientHello hello)
    {
        hello = default;
        int at = 2 + RandomSize;
        if (!Skip(body, ref at, lengthSize: 1, 0, 32))
        {
            return false;
        }

        int sessionEnd = at;
        if (!Skip(body, ref at, lengthSize: 1, 0, 255))
        {
            return false;
        }

        int cookieEnd = at;
        bool hasSuites = Skip(body, ref at, lengthSize: 2, 2, 65_534) && Skip(body, ref at, lengthSize: 1, 1, 255);
        if (!hasSuites && !isStart)
        {
            return false;
        }

        hello = new ClientHello(recordSequence, messageSequence, body[..sessionEnd], body[(sessionEnd + 1)..cookieEnd], hasSuites ? body[cookieEnd..at] : default);
        return true;
    }

    /// <summary>Steps over a vector with a length prefix, if it is there and its length in range.</summary>
    private static bool Skip(ReadOnlySpan<byte> body, ref int at, int lengthSize, int min, int max)
    {
        if (body.Length - at < lengthSize)
        {
            return false;
        }

        int length = lengthSize == 1 ? body[at] : BinaryPrimitives.ReadUInt16BigEndian(body[at..]);
        at += lengthSize;
        if (length < min || length > max || length > body.Length - at)
        {
            return false;
        }

        at += length;
        return true;
    }

    internal static int ReadUInt24(ReadOnlySpan<byte> bytes) => (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
}
