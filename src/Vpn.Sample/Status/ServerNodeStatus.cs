namespace FifoVpn.Status;

/// <summary>A node as a rendezvous server sees it.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Endpoint">Where the server sees it.</param>
/// <param name="LocalEndpoints">Where it is on its own side of a NAT, as it says.</param>
/// <param name="ConnectedSince">When its handshake was done.</param>
/// <param name="RegisteredSince">When it has registered over this association first; null: not yet.</param>
/// <param name="Prefixes">The addresses and subnets of its certificate.</param>
/// <param name="Channels">To how many nodes it may relay.</param>
/// <param name="DatagramsRelayed">Datagrams of this node that were relayed.</param>
/// <param name="BytesRelayed">Their bytes.</param>
/// <param name="RelayDrops">Datagrams of this node that were not relayed, for whatever reason.</param>
internal sealed record ServerNodeStatus(
    string Name,
    string Endpoint,
    IReadOnlyList<string> LocalEndpoints,
    DateTimeOffset ConnectedSince,
    DateTimeOffset? RegisteredSince,
    IReadOnlyList<string> Prefixes,
    int Channels,
    long DatagramsRelayed,
    long BytesRelayed,
    long RelayDrops);
