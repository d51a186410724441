using FifoVpn.Links;

namespace FifoVpn.Node;

/// <summary>What a peer is at, as of one moment.</summary>
/// <param name="Link">The link that packets go to, or null.</param>
/// <param name="IsCalling">Whether it is being called now.</param>
/// <param name="ConnectedSince">Since when there has been a link without a gap, though it may have been replaced; null while there is none.</param>
/// <param name="LastHandshake">When the last handshake was done, whether its link is still there or not.</param>
/// <param name="LastFailure">Why the last call failed or the last link ended, or null.</param>
/// <param name="LastFailureAt">When that was.</param>
/// <param name="PendingPackets">Packets that wait for a link.</param>
/// <param name="QueuedBytes">What waits for its time because of a rate.</param>
internal sealed record PeerActivity(
    PeerLink? Link,
    bool IsCalling,
    DateTimeOffset? ConnectedSince,
    DateTimeOffset? LastHandshake,
    string? LastFailure,
    DateTimeOffset? LastFailureAt,
    int PendingPackets,
    int QueuedBytes);
