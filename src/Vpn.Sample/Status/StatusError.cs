namespace FifoVpn.Status;

/// <summary>The answer to a request that can't be served.</summary>
/// <param name="Error">Why, in one line.</param>
/// <param name="Peers">The names of all peers, when the one that was asked for is none.</param>
internal sealed record StatusError(string Error, IReadOnlyList<string>? Peers = null);
