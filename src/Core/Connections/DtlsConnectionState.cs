namespace FifoDtls;

/// <summary>Where an association is in its life. It only ever moves downwards in this list.</summary>
public enum DtlsConnectionState
{
    /// <summary>Made; the handshake has not begun.</summary>
    New,

    /// <summary>The handshake is running.</summary>
    Handshaking,

    /// <summary>The handshake is done: payloads can be sent and received.</summary>
    Established,

    /// <summary>The peer has closed it.</summary>
    ClosedByPeer,

    /// <summary>This side has closed it.</summary>
    ClosedLocally,

    /// <summary>It has ended by a failure.</summary>
    Failed,
}
