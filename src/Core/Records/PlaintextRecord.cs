using System.Buffers.Binary;

namespace FifoDtls;

/// <summary>
/// Judges records of epoch 0, which nothing protects, before the engine sees them: libssl ends a handshake for the first one that is malformed, although anybody can have sent it
/// (RFC 6347 §4.1.2.7 lets such records be dropped). Only what no correct peer sends is dropped.
/// </summary>
internal static class PlaintextRecord
{
    /// <summary>The size of an alert's record.</summary>
    internal const int AlertSize = DtlsRecord.HeaderSize + 2;

    internal const int MessageHeaderSize = 12;

    /// <summary>libssl's own limit of a handshake message, in bytes (SSL_MAX_CERT_LIST_DEFAULT).</summary>
    private const int MaxMessageSize = 100 * 1024;

    private const byte ClientHello = 1;
    private const byte LevelWarning = 1;
    private const byte LevelFatal = 2;

    // The messages that come in the clear (RFC 5246 §7.4, RFC 5077 §3.3, RFC 6066 §8): Finished never does, and a HelloRequest is to be ignored during a handshake.
    private const uint TypesForServer = (1u << ClientHello) | (1u << 11) | (1u << 15) | (1u << 16);
    private const uint TypesForClient = (1u << ClientHello) | (1u << 2) | (1u << 3) | (1u << 4) | (1u << 11) | (1u << 12) | (1u << 13) | (1u << 14) | (1u << 22);

    /// <summary>Judges a whole record of epoch 0 that came to a side whose handshake is not done.</summary>
    internal static PlaintextVerdict Judge(ReadOnlySpan<byte> record, DtlsRole receiver)
    {
        ReadOnlySpan<byte> fragment = record[DtlsRecord.HeaderSize..];
        return DtlsRecord.ContentType(record) switch
        {
            DtlsRecord.Alert => JudgeAlert(fragment),
            DtlsRecord.ChangeCipherSpec => fragment is [1] ? PlaintextVerdict.Pass : PlaintextVerdict.Drop,
            _ => AreWellFormed(fragment, receiver) ? PlaintextVerdict.Pass : PlaintextVerdict.Drop,
        };
    }

    // Of the warnings only a close_notify has an effect (RFC 5246 §7.2.1); the others libssl ignores, but for their number.
    private static PlaintextVerdict JudgeAlert(ReadOnlySpan<byte> alert) =>
        alert is [LevelFatal, _] or [LevelWarning, (byte)DtlsAlert.CloseNotify] ? PlaintextVerdict.HoldBack : PlaintextVerdict.Drop;

    // A record may carry several messages, or fragments of them, one after the other (RFC 6347 §4.2.3).
    private static bool AreWellFormed(ReadOnlySpan<byte> messages, DtlsRole receiver)
    {
        bool any = false;
        while (messages.Length >= MessageHeaderSize)
        {
            int length = ReadUInt24(messages[1..]);
            int offset = ReadUInt24(messages[6..]);
            int size = ReadUInt24(messages[9..]);
            if (!IsFor(receiver, messages[0], BinaryPrimitives.ReadUInt16BigEndian(messages[4..]))
                || length > MaxMessageSize || offset + size > length || size > messages.Length - MessageHeaderSize
                || (size == 0 && length != 0))
            {
                return false;
            }

            messages = messages[(MessageHeaderSize + size)..];
            any = true;
        }

        return any && messages.IsEmpty;
    }

    // No client needs a ClientHello. The first one of an attempt passes all the same: libssl refuses it by an alert, which tells two sides that both play the client.
    private static bool IsFor(DtlsRole receiver, byte type, int messageSequence) =>
        type < 32
        && ((receiver == DtlsRole.Server ? TypesForServer : TypesForClient) & (1u << type)) != 0
        && (receiver == DtlsRole.Server || type != ClientHello || messageSequence == 0);

    private static int ReadUInt24(ReadOnlySpan<byte> bytes) => (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
}
