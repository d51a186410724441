using System.Buffers.Binary;

namespace FifoDtls.Tests;

/// <summary>Writes ClientHellos (RFC 6347 §4.2.1), byte by byte and independently of the code under test.</summary>
internal sealed record HelloBuilder
{
    internal byte[] Random { get; init; } = [.. Enumerable.Range(0, 32).Select(i => (byte)(i + 1))];

    internal byte[] Session { get; init; } = [];

    internal byte[] Cookie { get; init; } = [];

    internal byte[] Suites { get; init; } = [0xC0, 0x2B];

    internal byte[] Compression { get; init; } = [0];

    internal byte[] Extensions { get; init; } = [];

    internal byte MessageSequence { get; init; }

    internal ulong RecordSequence { get; init; }

    internal byte[] Build()
    {
        byte[] body =
        [
            0xFE, 0xFD, .. Random, (byte)Session.Length, .. Session, (byte)Cookie.Length, .. Cookie,
            (byte)(Suites.Length >> 8), (byte)Suites.Length, .. Suites, (byte)Compression.Length, .. Compression, .. Extensions,
        ];
        byte[] length = [(byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length];
        byte[] message = [1, .. length, 0, MessageSequence, 0, 0, 0, .. length, .. body];
        byte[] sequence = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(sequence, RecordSequence);
        return [22, 0xFE, 0xFF, 0, 0, .. sequence.AsSpan(2), (byte)(message.Length >> 8), (byte)message.Length, .. message];
    }

    /// <summary>The cookie of a HelloVerifyRequest.</summary>
    internal static byte[] CookieOf(byte[] helloVerifyRequest) => helloVerifyRequest[28..];
}
