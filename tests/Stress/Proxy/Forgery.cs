using System.Buffers.Binary;

namespace FifoDtls.Stress;

/// <summary>Datagrams as somebody would forge them who can send from a peer's address but knows no keys.</summary>
internal static class Forgery
{
    private const int RecordHeaderSize = 13; // RFC 6347 §4.1
    private const int MessageHeaderSize = 12; // §4.2.2

    /// <summary>One record with a correct header and a worthless content: any type, of the clear or of the first keys. The bytes written.</summary>
    internal static int Record(Random random, Span<byte> to)
    {
        int length = random.Next(1, Math.Min(200, to.Length - RecordHeaderSize));
        WriteHeader(to, (byte)random.Next(20, 24), epoch: (ushort)random.Next(0, 2), sequence: (ulong)random.NextInt64(0, 1L << random.Next(1, 48)), length);
        random.NextBytes(to.Slice(RecordHeaderSize, length));
        return RecordHeaderSize + length;
    }

    /// <summary>A ClientHello without a cookie or with one that nobody gave out. The bytes written.</summary>
    internal static int ClientHello(Random random, Span<byte> to)
    {
        Span<byte> noise = stackalloc byte[64];
        random.NextBytes(noise);
        return ClientHello(noise[..32], random.Next(2) == 0 ? [] : noise[32..], to);
    }

    /// <summary>A ClientHello of DTLS 1.2 (RFC 6347 §4.2.1, RFC 5246 §7.4.1.2) that a server would go on with if the cookie is its own. The bytes written.</summary>
    internal static int ClientHello(ReadOnlySpan<byte> clientRandom, ReadOnlySpan<byte> cookie, Span<byte> to)
    {
        ReadOnlySpan<byte> rest =
        [
            0, 4, 0xC0, 0x2B, 0xC0, 0x2F, // ECDHE with AES-128-GCM, ECDSA and RSA
            1, 0, // no compression
            0, 18, // extensions
            0, 10, 0, 4, 0, 2, 0, 23, // supported_groups: secp256r1
            0, 13, 0, 6, 0, 4, 4, 3, 8, 4, // signature_algorithms: ECDSA and RSA-PSS with SHA-256
        ];
        int body = 2 + 32 + 1 + 1 + cookie.Length + rest.Length;
        byte flight = (byte)(cookie.Length == 0 ? 0 : 1);
        WriteHeader(to, type: 22, epoch: 0, sequence: flight, MessageHeaderSize + body);
        Span<byte> message = to[RecordHeaderSize..];
        message[..MessageHeaderSize].Clear();
        message[0] = 1; // client_hello
        message[3] = (byte)body;
        message[5] = flight; // message_seq
        message[11] = (byte)body;
        Span<byte> hello = message[MessageHeaderSize..];
        BinaryPrimitives.WriteUInt16BigEndian(hello, 0xFEFD);
        clientRandom.CopyTo(hello[2..]);
        hello[34] = 0; // no session
        hello[35] = (byte)cookie.Length;
        cookie.CopyTo(hello[36..]);
        rest.CopyTo(hello[(36 + cookie.Length)..]);
        return RecordHeaderSize + MessageHeaderSize + body;
    }

    /// <summary>The cookie of a HelloVerifyRequest; empty if the datagram is none.</summary>
    internal static ReadOnlySpan<byte> CookieOf(ReadOnlySpan<byte> datagram)
    {
        const int AtLength = RecordHeaderSize + MessageHeaderSize + 2;
        return datagram.Length > AtLength && datagram[RecordHeaderSize] == 3 && datagram.Length >= AtLength + 1 + datagram[AtLength] ? datagram.Slice(AtLength + 1, datagram[AtLength]) : [];
    }

    private static void WriteHeader(Span<byte> to, byte type, ushort epoch, ulong sequence, int length)
    {
        BinaryPrimitives.WriteUInt64BigEndian(to[3..], sequence); // 48 bits; the upper 16 are overwritten by the epoch
        to[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(to[1..], 0xFEFD);
        BinaryPrimitives.WriteUInt16BigEndian(to[3..], epoch);
        BinaryPrimitives.WriteUInt16BigEndian(to[11..], (ushort)length);
    }
}
