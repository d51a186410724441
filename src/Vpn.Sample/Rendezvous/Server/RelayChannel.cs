namespace FifoVpn.Rendezvous;

/// <summary>One direction between two nodes that were introduced: what its owner may send through.</summary>
/// <param name="Target">Who receives.</param>
/// <param name="Number">What the owner calls it.</param>
/// <param name="Opposite">What the target calls the opposite direction, by which it knows who sends.</param>
/// <param name="Limit">The pair's, in bytes; both directions share it.</param>
internal sealed record RelayChannel(RendezvousNode Target, uint Number, uint Opposite, RateLimit Limit);
