namespace FifoVpn.Node;

/// <summary>Why a node dropped a packet.</summary>
internal enum DropReason
{
    /// <summary>From the device: no well-formed IP packet.</summary>
    MalformedFromDevice,

    /// <summary>From the device: no peer has the destination.</summary>
    NoRoute,

    /// <summary>From the device: the destination's peer is not connected, and too many packets wait for it already, or it can't be reached.</summary>
    NotConnected,

    /// <summary>From the device: larger than one datagram to the peer carries.</summary>
    TooLarge,

    /// <summary>From the device: the association ended while the packet was on its way.</summary>
    SendFailed,

    /// <summary>From a peer: no well-formed IP packet, or no well-formed control message.</summary>
    MalformedFromPeer,

    /// <summary>From a peer: the source is not one of the peer's addresses.</summary>
    SourceNotAllowed,

    /// <summary>From a peer, to be forwarded: its hop limit is used up.</summary>
    HopLimit,

    /// <summary>To a peer: over the configured rate, and its queue is full.</summary>
    RateLimit,

    /// <summary>From the device: for many (multicast, broadcast), and this VPN connects one with one.</summary>
    Multicast,
}
