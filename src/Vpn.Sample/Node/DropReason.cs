namespace FifoVpn.Node;

/// <summary>Why a node dropped a packet.</summary>
internal enum DropReason
{
    /// <summary>From the device: no well-formed IP packet.</summary>
    MalformedFromDevice,

    /// <summary>From the device: no peer has the destination.</summary>
    NoRoute,

    /// <summary>From the device: the destination's peer is not connected.</summary>
    NotConnected,

    /// <summary>From the device: larger than one datagram to the peer carries.</summary>
    TooLarge,

    /// <summary>From the device: the association ended while the packet was on its way.</summary>
    SendFailed,

    /// <summary>From a peer: no well-formed IP packet.</summary>
    MalformedFromPeer,

    /// <summary>From a peer: the source is not one of the peer's addresses.</summary>
    SourceNotAllowed,
}
