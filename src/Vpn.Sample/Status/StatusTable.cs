namespace FifoVpn.Status;

/// <summary>A node's status for a terminal.</summary>
internal static class StatusTable
{
    private const string None = "-";
    private const string Gap = "  ";

    private static readonly string[] Heading = ["PEER", "STATE", "SINCE", "AT", "RTT", "OUT", "IN", "MTU", "DROPPED"];

    /// <summary>The columns whose numbers are read from their ends.</summary>
    private static readonly bool[] AlignRight = [false, false, false, false, true, true, true, true, true];

    /// <returns>The lines, without their ends.</returns>
    public static IReadOnlyList<string> Write(NodeStatus status, DateTimeOffset now)
    {
        List<string> lines =
        [
            $"{status.Name}: device {status.Device}, MTU {status.Mtu}, listening on {status.Listen}, up {Humane.Duration(now - status.StartedAt)}, fifovpn {status.Version}",
            $"packets: {Traffic(status.Traffic.PacketsSent, status.Traffic.BytesSent)} out, {Traffic(status.Traffic.PacketsReceived, status.Traffic.BytesReceived)} in, "
                + $"dropped: {Drops(status.Traffic.Drops)}",
            Socket(status.Endpoint),
            .. status.Rendezvous.Select(server => Server(server, now)),
            "",
        ];
        if (status.Peers.Count == 0)
        {
            lines.Add("no peers");
            return lines;
        }

        lines.AddRange(Align([Heading, .. status.Peers.Select(peer => Row(peer, now))]));
        lines.AddRange(status.Peers
            .Where(peer => peer is { State: not PeerState.Connected, LastFailure: not null })
            .Select(peer => $"{peer.Name}: {(peer.LastFailureAt is { } at ? $"{Humane.Ago(at, now)}, " : "")}{peer.LastFailure}"));
        return lines;
    }

    private static string Traffic(long packets, long bytes) => $"{packets} ({Humane.Bytes(bytes)})";

    private static string Drops(IReadOnlyDictionary<string, long> drops)
    {
        string text = string.Join(", ", drops.Where(drop => drop.Value > 0).Select(drop => $"{drop.Key} {drop.Value}"));
        return text.Length > 0 ? text : "none";
    }

    private static string Socket(EndpointStatus endpoint) =>
        $"socket: {Traffic(endpoint.DatagramsSent, endpoint.BytesSent)} out, {Traffic(endpoint.DatagramsReceived, endpoint.BytesReceived)} in, "
        + $"handshakes {endpoint.HandshakesAsClient + endpoint.HandshakesAsServer} ({endpoint.HandshakesFailed} failed), "
        + $"invalid {endpoint.DatagramsInvalid}, dropped by the system {endpoint.KernelDrops}, by full queues {endpoint.FifoDrops}";

    private static string Server(RendezvousStatus server, DateTimeOffset now) => server.RegisteredSince is { } since
        ? $"rendezvous {server.Name} at {server.Endpoint}: registered {Humane.Ago(since, now)} as {server.PublicEndpoint ?? None}, {(server.Relays ? "relays" : "does not relay")}"
        : $"rendezvous {server.Name} at {server.Endpoint}: not registered{(server.LastFailure is { } failure ? $": {failure}" : "")}";

    private static string[] Row(PeerStatus peer, DateTimeOffset now) =>
    [
        peer.Discovered ? $"{peer.Name} (found)" : peer.Name,
        NodeMetrics.StateName(peer.State),
        peer.ConnectedSince is { } since ? Humane.Ago(since, now) : None,
        peer.Relay is { } relay ? $"relay {relay}" : peer.Endpoint ?? None,
        peer.RoundTripMilliseconds is { } roundTrip ? Humane.Milliseconds(roundTrip) : None,
        Humane.Bytes(peer.Traffic.BytesSent),
        Humane.Bytes(peer.Traffic.BytesReceived),
        peer.PathMtu?.ToString() ?? None,
        peer.Traffic.Drops.Values.Sum().ToString(),
    ];

    private static IEnumerable<string> Align(IReadOnlyList<string[]> rows)
    {
        int[] widths = [.. Heading.Select((_, column) => rows.Max(row => row[column].Length))];
        return rows.Select(row => string.Join(
            Gap, row.Select((cell, column) => AlignRight[column] ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
    }
}
