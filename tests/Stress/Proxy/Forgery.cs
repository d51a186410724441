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

    /// <summary>A well-formed ClientHello of DTLS 1.2, without a cookie or with one that nobody gave out. The bytes written.</summary>
    internal static int ClientHello(Random random, Span<byte> to)
    {
        int cookie = random.Next(2) == 0 ? 0 : 32;
        int body = 2 + 32 + 1 + 1 + cookie + 2 + 4 + 2;
        WriteHeader(to, type: 22, epoch: 0, sequence: (ulong)random.Next(4), MessageHeaderSize + body);
        Span<byte> message = to[RecordHeaderSize..];
        message[..MessageHeaderSize].Clear();
        message[0] = 1; // client_hello
        message[3] = (byte)body;
        message[5] = (byte)(cookie == 0 ? 0 : 1); // message_seq
        message[11] = (byte)body;
        Span<byte> hello = message[MessageHeaderSize..];
        BinaryPrimitives.WriteUInt16BigEndian(hello, 0xFEFD);
        random.NextBytes(hello.Slice(2, 32));
        hello[34] = 0; // session
        hello[35] = (byte)cookie;
        random.NextBytes(hello.Slice(36, cookie));
        hello = hello[(36 + cookie)..];
        BinaryPrimitives.WriteUInt16BigEndian(hello, 4);
        BinaryPrimitives.WriteUInt32BigEndian(hello[2..], 0xC02BC02F); // ECDHE with AES-128-GCM, ECDSA and RSA
        BinaryPrimitives.WriteUInt16BigEndian(hello[6..], 0x0100); // no compression
        return RecordHeaderSize + MessageHeaderSize + body;
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
