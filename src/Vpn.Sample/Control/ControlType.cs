namespace FifoVpn.Control;

/// <summary>
/// The first byte of a control message. What a peer sends is either an IP packet, whose first four bits are its version, 4 or 6, or a control message, whose first
/// byte is below 0x40. So both share an association. Unknown types are ignored: a later version may send them.
/// </summary>
internal enum ControlType : byte
{
    /// <summary>Between any two: "are you there?"; see <see cref="EchoMessage"/>.</summary>
    Ping = 0x01,

    /// <summary>The answer to <see cref="Ping"/>, with its token.</summary>
    Pong = 0x02,

    /// <summary>Between nodes: as long as the packet whose way is tried; see <see cref="MtuProbe"/>.</summary>
    MtuProbe = 0x03,

    /// <summary>The answer to <see cref="MtuProbe"/>.</summary>
    MtuProbeAck = 0x04,

    /// <summary>Between any two: why the sender closes the association right after; see <see cref="ByeMessage"/>.</summary>
    Bye = 0x05,

    /// <summary>Between nodes: one half of a packet; see <see cref="SplitPacket"/>.</summary>
    PacketPart = 0x06,

    /// <summary>A node to a rendezvous server: here I am; see <see cref="RegisterMessage"/>.</summary>
    Register = 0x10,

    /// <summary>The answer; see <see cref="RegisteredMessage"/>.</summary>
    Registered = 0x11,

    /// <summary>A node to a rendezvous server: where is NAME, or who has ADDRESS? See <see cref="FindMessage"/>.</summary>
    Find = 0x12,

    /// <summary>A rendezvous server to both nodes: meet each other; see <see cref="IntroductionMessage"/>.</summary>
    Introduction = 0x13,

    /// <summary>The other answer to <see cref="Find"/>; see <see cref="NotFoundMessage"/>.</summary>
    NotFound = 0x14,

    /// <summary>Either way between node and rendezvous server: a datagram for, or from, another node; see <see cref="RelayHeader"/>.</summary>
    Relay = 0x15,

    /// <summary>A rendezvous server to a node: the channel is no more; see <see cref="RelayClosedMessage"/>.</summary>
    RelayClosed = 0x16,
}
