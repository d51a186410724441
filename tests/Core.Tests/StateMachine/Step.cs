using System.Buffers.Binary;

namespace FifoDtls.Tests;

/// <summary>
/// Names the messages of a handshake as the tables do, by two letters: CH ClientHello, CC ClientHello with a cookie, HV HelloVerifyRequest, SH ServerHello, CT Certificate, SK ServerKeyExchange,
/// CR CertificateRequest, HD ServerHelloDone, CK ClientKeyExchange, CV CertificateVerify, NT NewSessionTicket, CS ChangeCipherSpec, FI Finished; and what is none: AD application data of another
/// association, AP application data in the clear.
/// </summary>
internal static class Step
{
    internal const string ForeignData = "AD";
    internal const string PlainData = "AP";
    internal const string Finished = "FI";

    private const int VersionAt = 1;
    private const int TypeAt = DtlsRecord.HeaderSize;
    private const int MessageSequenceAt = DtlsRecord.HeaderSize + 4;

    /// <summary>The name of a record's message; <see langword="null"/> for an alert.</summary>
    internal static string? NameOf(ReadOnlySpan<byte> record) => (DtlsRecord.ContentType(record), DtlsRecord.Epoch(record)) switch
    {
        (DtlsRecord.Handshake, 0) => record[TypeAt] switch
        {
            1 => MessageSequence(record) == 0 ? "CH" : "CC",
            2 => "SH",
            3 => "HV",
            4 => "NT",
            11 => "CT",
            12 => "SK",
            13 => "CR",
            14 => "HD",
            15 => "CV",
            16 => "CK",
            _ => throw new ArgumentException($"An unknown message of type {record[TypeAt]}."),
        },
        (DtlsRecord.Handshake, _) => Finished,
        (DtlsRecord.ChangeCipherSpec, _) => "CS",
        (DtlsRecord.ApplicationData, 0) => PlainData,
        (DtlsRecord.ApplicationData, _) => ForeignData,
        _ => null,
    };

    internal static bool HasMessageSequence(ReadOnlySpan<byte> record) => DtlsRecord.ContentType(record) == DtlsRecord.Handshake && DtlsRecord.Epoch(record) == 0;

    internal static int MessageSequence(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt16BigEndian(record[MessageSequenceAt..]);

    /// <summary>A message as if it were <paramref name="due"/>: with its message_seq, or the next one where it has none, and in a record of its version, as libssl drops those of another one.</summary>
    internal static byte[] InPlaceOf(byte[] due, byte[] record, int lastSequence)
    {
        byte[] copy = [.. record];
        due.AsSpan(VersionAt, sizeof(ushort)).CopyTo(copy.AsSpan(VersionAt));
        if (HasMessageSequence(copy))
        {
            int sequence = HasMessageSequence(due) ? MessageSequence(due) : lastSequence + 1;
            BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(MessageSequenceAt), (ushort)sequence);
        }

        return copy;
    }
}
