using System.Buffers.Binary;

namespace FifoDtls;

/// <summary>The HelloVerifyRequest (RFC 6347 §4.2.1): a record that carries a cookie, smaller than any ClientHello.</summary>
internal static class HelloVerifyRequest
{
    /// <summary>Record header, handshake header, server_version, cookie length and cookie.</summary>
    internal const int Size = DtlsRecord.HeaderSize + 12 + 2 + 1 + CookieKeys.CookieSize;

    private const byte HandshakeType = 3;

    /// <summary>Writes one; <paramref name="cookie"/> has <see cref="CookieKeys.CookieSize"/> bytes.</summary>
    internal static void Write(Span<byte> destination, ReadOnlySpan<byte> recordSequence, ReadOnlySpan<byte> cookie)
    {
        const int bodySize = 2 + 1 + CookieKeys.CookieSize;
        Span<byte> record = destination[..Size];
        record.Clear();

        // DTLS 1.0 in the record and in the message, whatever will be negotiated; the ClientHello's own sequence number.
        record[0] = DtlsRecord.Handshake;
        BinaryPrimitives.WriteUInt16BigEndian(record[1..], 0xFEFF);
        recordSequence.CopyTo(record[5..]);
        BinaryPrimitives.WriteUInt16BigEndian(record[11..], 12 + bodySize);

        Span<byte> message = record[DtlsRecord.HeaderSize..]; // message_seq and fragment_offset are 0
        message[0] = HandshakeType;
        message[3] = bodySize;
        message[11] = bodySize;
        BinaryPrimitives.WriteUInt16BigEndian(message[12..], 0xFEFF);
        message[14] = CookieKeys.CookieSize;
        cookie.CopyTo(message[15..]);
    }
}
