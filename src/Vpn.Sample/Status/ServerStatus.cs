namespace FifoVpn.Status;

/// <summary>What a rendezvous server is at, as of one moment. The names in JSON are those of the members in camel case, and documented: never change the meaning of one.</summary>
/// <param name="Name">The server's name.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Listen">The UDP address and port that the socket is bound to.</param>
/// <param name="StartedAt">When the server was started.</param>
/// <param name="MaxNodes">How many nodes there may be.</param>
/// <param name="Requests">What nodes have asked.</param>
/// <param name="Refusals">What was refused, by reason.</param>
/// <param name="Relay">What was relayed.</param>
/// <param name="Endpoint">The UDP socket.</param>
/// <param name="Nodes">The nodes with an association, sorted by name.</param>
internal sealed record ServerStatus(
    string Name,
    string Version,
    string Listen,
    DateTimeOffset StartedAt,
    int MaxNodes,
    ServerRequestStatus Requests,
    IReadOnlyDictionary<string, long> Refusals,
    ServerRelayStatus Relay,
    EndpointStatus Endpoint,
    IReadOnlyList<ServerNodeStatus> Nodes);
