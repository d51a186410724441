using System.Buffers.Binary;

namespace FifoDtls;

// What a client gets that answers an attempt which was made, and given up, at the same address before: what the server sent, or still repeats, for that one. In the clear nothing tells whom a message is meant
// for, but some of it shows by the order in which a server with cookies can have sent it (RFC 6347 §4.2.1).
internal sealed partial class FifoBio
{
    private const byte ServerHello = 2;
    private const byte HelloVerifyRequest = 3;
    private const int AtMessageSequence = DtlsRecord.HeaderSize + 4;
    private const int AtFragmentOffset = DtlsRecord.HeaderSize + 6;
    private const int AtServerRandom = DtlsRecord.HeaderSize + PlaintextRecord.MessageHeaderSize + 2; // behind the version

    private ulong? _serverRandom; // the first 64 bits tell two of them apart
    private bool _hearsTwo;
    private bool _hearsOther;
    private bool _asksNoCookie;
    private ulong _firstNumberWithCookie = ulong.MaxValue;

    /// <summary>Client role: whether this attempt has got a cookie.</summary>
    internal bool HasCookie { get; private set; }

    /// <summary>Client role: whether the server has refused the cookie. Then it was that of another attempt, and libssl has no way on: it would repeat the refused one until the deadline.</summary>
    internal bool CookieRefused { get; private set; }

    /// <summary>
    /// Client role: whether two ServerHellos have come and the server has not gone on since the client has repeated its flight. libssl has taken the first, which answered another attempt, and drops all that
    /// belongs to its own as old or as not decryptable: nothing but a signature would have told it.
    /// </summary>
    internal bool HasTakenOther => _hearsTwo && _repetitions > 0;

    /// <summary>Forgets the attempt: libssl begins anew, with another random.</summary>
    internal void BeginAnew()
    {
        _hearsTwo = _hearsOther = _asksNoCookie = HasCookie = CookieRefused = _holdsAlert = false;
        _firstNumberWithCookie = ulong.MaxValue;
        _serverRandom = null;
        AlertSent = null;
    }

    /// <summary>Whether a record to a client, which libssl would take, is an answer to another attempt.</summary>
    private bool AnswersOther(ReadOnlySpan<byte> record)
    {
        byte message = DtlsRecord.ContentType(record) == DtlsRecord.Handshake && DtlsRecord.Epoch(record) == 0 ? record[DtlsRecord.HeaderSize] : (byte)0;
        if (message == HelloVerifyRequest)
        {
            // A HelloVerifyRequest has the number of the ClientHello that it answers.
            CookieRefused |= HasCookie && DtlsRecord.SequenceNumber(record) >= _firstNumberWithCookie;
            HasCookie = true;
            _hearsOther = false;
        }
        else if (message == ServerHello && !HasCookie)
        {
            // Only after a HelloVerifyRequest is it not the server's first message. What follows it is of the same flight. A server that has once begun without a cookie asks for none.
            bool isFirst = BinaryPrimitives.ReadUInt16BigEndian(record[AtMessageSequence..]) == 0;
            _asksNoCookie |= isFirst;
            _hearsOther |= !isFirst && !_asksNoCookie;
        }
        else if (message == ServerHello && record.Length >= AtServerRandom + sizeof(ulong) && record[AtFragmentOffset..].StartsWith<byte>([0, 0, 0]))
        {
            ulong random = BinaryPrimitives.ReadUInt64BigEndian(record[AtServerRandom..]);
            _hearsTwo |= _serverRandom is { } first && first != random;
            _serverRandom ??= random;
        }

        return _hearsOther;
    }

    private void NoteNumberWithCookie(ReadOnlySpan<byte> datagram)
    {
        if (HasCookie && _firstNumberWithCookie == ulong.MaxValue && datagram.Length >= DtlsRecord.HeaderSize)
        {
            _firstNumberWithCookie = DtlsRecord.SequenceNumber(datagram);
        }
    }
}
