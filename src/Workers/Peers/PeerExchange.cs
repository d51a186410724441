namespace FifoDtls;

/// <summary>
/// One attempt at an association: the FIFO that the reader pushes to, the part to play, and the ClientHello's random, which tells this attempt from another.
/// A peer has one, and gets another only when its ClientHello has crossed the other side's and yields to it.
/// </summary>
internal sealed class PeerExchange
{
    private byte[]? _clientRandom;
    private bool _offersSession;
    private volatile bool _isAbandoned;
    private volatile bool _isDone;

    internal PeerExchange(DtlsRole role, FifoTransport transport, byte[]? clientRandom, long cookieOrder)
    {
        CookieOrder = cookieOrder;
        Role = role;
        Transport = transport;
        _clientRandom = clientRandom;
    }

    internal DtlsRole Role { get; }

    internal FifoTransport Transport { get; }

    /// <summary>The ClientHello's random; <see langword="null"/> until a client's own has been sent. Read by any thread.</summary>
    internal byte[]? ClientRandom => Volatile.Read(ref _clientRandom);

    /// <summary>Of a client: whether its ClientHello offers a session; until it has been sent, whether it may.</summary>
    internal bool OffersSession { get => Volatile.Read(ref _offersSession); init => _offersSession = value; }

    /// <summary>Whether it has kept its part although nobody had answered, for the session's sake. The reader thread's.</summary>
    internal bool HasInsisted { get; set; }

    /// <summary>When its client was given its cookie, in comparison with others; <see cref="CookieKeys.Unordered"/> where that is not known.</summary>
    internal long CookieOrder { get; }

    /// <summary>Set by the reader once the client has begun anew: see <see cref="IsSilent"/>.</summary>
    internal bool IsAbandoned { get => _isAbandoned; set => _isAbandoned = value; }

    /// <summary>Set by the worker once its handshake is done.</summary>
    internal bool IsDone { get => _isDone; set => _isDone = value; }

    /// <summary>
    /// Whether nothing is to be sent: the handshake was abandoned, and its client would take what it says for the answer to its new one. What is done lives on (RFC 6347 §4.2.8), and the reader can't know whether the worker is
    /// about to be done. So nobody ends it: if its client were there after all, it would repeat its last flight and be answered.
    /// </summary>
    internal bool IsSilent => IsAbandoned && !IsDone;

    internal bool IsOf(in ClientHello hello) => ClientRandom is { } random && hello.Random.SequenceEqual(random);

    /// <summary>Looks at what a client sends for its ClientHello's random: another one when the connection begins anew.</summary>
    internal void NoteSent(ReadOnlySpan<byte> datagram)
    {
        // The random stands right behind the handshake header and the version, in a first fragment too; then comes the length of the session's identifier.
        const int at = DtlsRecord.HeaderSize + 12 + 2;
        if (Role == DtlsRole.Client && ClientHello.Begins(datagram) && datagram.Length > at + ClientHello.RandomSize
            && !datagram.Slice(DtlsRecord.HeaderSize + 6, 3).ContainsAnyExcept((byte)0) // the fragment's offset
            && datagram.Slice(at, ClientHello.RandomSize) is var random && !random.SequenceEqual(ClientRandom))
        {
            Volatile.Write(ref _offersSession, datagram[at + ClientHello.RandomSize] != 0); // before the random: who sees that sees this
            Volatile.Write(ref _clientRandom, random.ToArray());
        }
    }
}
