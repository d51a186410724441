namespace FifoDtls;

/// <summary>How a Receive ended.</summary>
public enum DtlsReceiveStatus
{
    /// <summary>The time was up; nothing came. The association is as it was.</summary>
    TimedOut,

    /// <summary>One payload was received.</summary>
    Data,

    /// <summary>The peer has closed the association with a close_notify. It has been answered; nothing more can be sent.</summary>
    ClosedByPeer,

    /// <summary>This side has closed the association.</summary>
    ClosedLocally,

    /// <summary>The transport was closed under the association: without a close_notify of either side.</summary>
    TransportClosed,
}
