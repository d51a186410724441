namespace FifoVpn.Status;

/// <summary>The answer to one ping.</summary>
/// <param name="Peer">The peer's name.</param>
/// <param name="RoundTripMilliseconds">The round trip; null when there was no answer.</param>
/// <param name="Via">Where the peer is: its address, or who relays; null when it is not connected.</param>
/// <param name="Failure">Why there was no answer, or null.</param>
internal sealed record PingStatus(string Peer, double? RoundTripMilliseconds, string? Via, string? Failure);
