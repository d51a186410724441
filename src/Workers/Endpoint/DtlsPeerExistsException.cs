namespace FifoDtls;

/// <summary>The endpoint already has an association, or a handshake in progress, with this address.</summary>
public sealed class DtlsPeerExistsException : DtlsException
{
    internal DtlsPeerExistsException(DtlsPeer peer)
        : base($"There is already a peer at {peer.RemoteEndPoint}; close it first.") => Peer = peer;

    /// <summary>The peer that is there.</summary>
    public DtlsPeer Peer { get; }
}
