namespace FifoDtls;

/// <summary>How a peer's association ended.</summary>
public enum DtlsPeerEnd
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>The peer sent a close_notify.</summary>
    ClosedByPeer,

    /// <summary>This side closed it: the session returned, or Close or Dispose was called.</summary>
    ClosedLocally,

    /// <summary>The handshake was not finished in time.</summary>
    HandshakeTimedOut,

    /// <summary>The peer's certificate was refused.</summary>
    CertificateRefused,

    /// <summary>An alert was received or sent, or the handshake failed otherwise.</summary>
    Failed,

    /// <summary>A new association with the same address took its place (RFC 6347 §4.2.8).</summary>
    Replaced,

    /// <summary>The session delegate threw.</summary>
    SessionFailed,

    /// <summary>The endpoint was disposed.</summary>
    EndpointClosed,

    /// <summary>The peer was established, but nobody took it from <see cref="DtlsEndpoint.Accept"/>: too many were waiting.</summary>
    NotAccepted,

    /// <summary>Nothing valid came from the peer for <see cref="DtlsEndpointOptions.IdleTimeout"/>; a close_notify was sent.</summary>
    IdleTimedOut,
}
