namespace FifoVpn.Status;

/// <summary>A rendezvous server as a node sees it.</summary>
/// <param name="Name">The server's name.</param>
/// <param name="Endpoint">Where it is called.</param>
/// <param name="RegisteredSince">Since when the node has been registered with it, or null.</param>
/// <param name="PublicEndpoint">Where it sees the node, or null.</param>
/// <param name="Relays">Whether it carries datagrams between nodes that can't reach each other.</param>
/// <param name="LastFailure">Why it could not be reached, or was lost, the last time; or null.</param>
internal sealed record RendezvousStatus(
    string Name, string Endpoint, DateTimeOffset? RegisteredSince, string? PublicEndpoint, bool Relays, string? LastFailure);
