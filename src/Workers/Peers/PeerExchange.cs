namespace FifoDtls;

/// <summary>
/// One attempt at an association: the FIFO that the reader pushes to, the part to play, and the ClientHello's random, which tells this attempt from another.
/// A peer has one, and gets another only when its ClientHello has crossed the other side's and yields to it.
/// </summary>
internal sealed class PeerExchange
{
    private byte[]? _clientRandom;

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

    internal bool IsOf(in ClientHello hello) => ClientRandom is { } random && hello.Random.SequenceEqual(random);

    /// <summary>Looks at what a client sends, until it has sent its ClientHello.</summary>
    internal void NoteSent(ReadOnlySpan<byte> datagram)
    {
        if (ClientRandom is null && ClientHello.Begins(datagram))
        {
            // The random stands right behind the handshake header and the version, in a first fragment too.
            const int at = DtlsRecord.HeaderSize + 12 + 2;
            if (datagram.Length >= at + ClientHello.RandomSize)
            {
                Volatile.Write(ref _clientRandom, datagram.Slice(at, ClientHello.RandomSize).ToArray());
            }
        }
    }
}
