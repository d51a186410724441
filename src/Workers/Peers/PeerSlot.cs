namespace FifoDtls;

/// <summary>
/// What the table holds for one remote address: the peer, and, while a client at this address starts anew, the successor that handshakes beside it (RFC 6347
/// §4.2.8). Changed under the table's lock; the reader thread reads without it.
/// </summary>
internal sealed class PeerSlot(DtlsPeer current)
{
    private volatile DtlsPeer _current = current;
    private volatile DtlsPeer? _successor;

    internal DtlsPeer Current
    {
        get => _current;
        set => _current = value;
    }

    internal DtlsPeer? Successor
    {
        get => _successor;
        set => _successor = value;
    }
}
