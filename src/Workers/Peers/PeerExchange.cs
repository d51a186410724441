namespace FifoDtls;

/// <summary>
/// One attempt at an association: the FIFO that the reader pushes to, the part to play, and the ClientHello's random, which tells this attempt from another.
/// A peer has one, and gets another only when its ClientHello has crossed the other side's and yields to it.
/// </summary>
internal sealed class PeerExchange
{
    private byte[]? _clientRandom;
    private bool _offersSession;

    internal PeerExchange(DtlsRole role, FifoTransport transport, byte[]? clientRandom)
    {
        Role = role;
        Transport = transport;
        _clientRandom = clientRandom;
    }

    internal DtlsRole Role { get; }

    internal FifoTransport Transport { get; }

    /// <summary>The ClientHello's random; <see langword="null"/> until a client's own has been sent. Written once, read by any thread.</summary>
    internal byte[]? ClientRandom => Volatile.Read(ref _clientRandom);

    /// <summary>Of a client: whether its ClientHello offers a session; until it has been sent, whether it may.</summary>
    internal bool OffersSession { get => Volatile.Read(ref _offersSession); init => _offersSession = value; }

    /// <summary>Whether it has kept its part although nobody had answered, for the session's sake. The reader thread's.</summary>
    internal bool HasInsisted { get; set; }

    internal bool IsOf(in ClientHello hello) => ClientRandom is { } random && hello.Random.SequenceEqual(random);

    /// <summary>Looks at what a client sends, until it has sent its ClientHello.</summary>
    internal void NoteSent(ReadOnlySpan<byte> datagram)
    {
        if (ClientRandom is null && ClientHello.Begins(datagram))
        {
            // The random stands right behind the handshake header and the version, in a first fragment too; then comes the length of the session's identifier.
            const int at = DtlsRecord.HeaderSize + 12 + 2;
            if (datagram.Length > at + ClientHello.RandomSize)
            {
                Volatile.Write(ref _offersSession, datagram[at + ClientHello.RandomSize] != 0); // before the random: who sees that sees this
                Volatile.Write(ref _clientRandom, datagram.Slice(at, ClientHello.RandomSize).ToArray());
            }
        }
    }
}
