using FifoVpn.Rendezvous;

namespace FifoVpn.Status;

/// <summary>Takes the status of a running rendezvous server. Any thread; no message waits for it longer than a look at the registry takes.</summary>
internal static class ServerStatusReader
{
    public static ServerStatus Read(RendezvousServer server)
    {
        RendezvousStatistics statistics = server.Statistics;
        return new ServerStatus(
            server.Name,
            NodeStatusReader.Version,
            server.LocalEndPoint.ToString(),
            server.StartedAt,
            server.MaxNodes,
            new ServerRequestStatus(statistics.Registrations, statistics.Finds, statistics.Introductions, RequestDrops(statistics)),
            new Dictionary<string, long>
            {
                ["identity"] = statistics.RefusedIdentities, ["full"] = statistics.RefusedFull, ["address"] = statistics.RefusedAddresses, ["channel"] = statistics.ChannelsFull,
            },
            new ServerRelayStatus(server.Relays, statistics.Channels, statistics.RelayedDatagrams, statistics.RelayedBytes, RelayDrops(statistics)),
            NodeStatusReader.Read(server.EndpointStatistics),
            [.. server.Nodes.OrderBy(registered => registered.Node.Name, StringComparer.Ordinal).Select(Read)]);
    }

    private static Dictionary<string, long> RequestDrops(in RendezvousStatistics statistics) => new()
    {
        ["notRegistered"] = statistics.NotRegistered,
        ["tooManyRequests"] = statistics.TooManyRequests,
        ["yourself"] = statistics.Yourself,
        ["registerFirst"] = statistics.RegisterFirst,
        ["registrationsLimited"] = statistics.RegistrationsLimited,
        ["malformed"] = statistics.Malformed,
        ["ignored"] = statistics.Ignored,
    };

    private static Dictionary<string, long> RelayDrops(in RendezvousStatistics statistics) => new()
    {
        ["rateLimit"] = statistics.RelayDropsRate, ["closed"] = statistics.RelayDropsClosed, ["tooLarge"] = statistics.RelayDropsTooLarge, ["off"] = statistics.RelayDropsOff,
    };

    private static ServerNodeStatus Read(RegisteredNode registered)
    {
        RendezvousNode node = registered.Node;
        return new ServerNodeStatus(
            node.Name,
            node.PublicEndPoint.ToString(),
            [.. registered.LocalEndPoints.Select(endPoint => endPoint.ToString())],
            node.ConnectedSince,
            registered.Since,
            [.. node.Prefixes.Select(prefix => prefix.ToString())],
            registered.Channels,
            node.Relayed.Datagrams,
            node.Relayed.Bytes,
            node.Relayed.Drops);
    }
}
