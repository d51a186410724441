namespace FifoVpn.Status;

/// <summary>A peer as a node sees it. What is about the association is null while there is none.</summary>
/// <param name="Name">The peer's name.</param>
/// <param name="Discovered">Whether it was not configured but found.</param>
/// <param name="State">What the node is at with it.</param>
/// <param name="Endpoint">Where it is; null when a rendezvous server relays. Not connected: where it was last, or where it is configured to be.</param>
/// <param name="Relay">The rendezvous server that relays, or null when the way is direct.</param>
/// <param name="Role">"client" when this node has called, "server" when the peer has.</param>
/// <param name="CipherSuite">The cipher suite's name.</param>
/// <param name="Resumed">Whether the handshake has resumed a session.</param>
/// <param name="ConnectedSince">Since when there has been an association without a gap.</param>
/// <param name="LastHandshake">When the last handshake was done, also after its association has ended.</param>
/// <param name="RoundTripMilliseconds">The last round trip; null before the first ping.</param>
/// <param name="PathMtu">The largest packet that goes in one datagram.</param>
/// <param name="Traffic">Since the peer is known.</param>
/// <param name="QueuedBytes">What waits because of a rate.</param>
/// <param name="PendingPackets">Packets that wait for the association.</param>
/// <param name="Prefixes">What is routed to the peer.</param>
/// <param name="LastFailure">Why the last call failed or the last association ended, or null.</param>
/// <param name="LastFailureAt">When that was.</param>
internal sealed record PeerStatus(
    string Name,
    bool Discovered,
    PeerState State,
    string? Endpoint,
    string? Relay,
    string? Role,
    string? CipherSuite,
    bool? Resumed,
    DateTimeOffset? ConnectedSince,
    DateTimeOffset? LastHandshake,
    double? RoundTripMilliseconds,
    int? PathMtu,
    TrafficStatus Traffic,
    int QueuedBytes,
    int PendingPackets,
    IReadOnlyList<string> Prefixes,
    string? LastFailure,
    DateTimeOffset? LastFailureAt);
