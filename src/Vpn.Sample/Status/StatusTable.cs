namespace FifoVpn.Status;

/// <summary>A node's status for a terminal.</summary>
internal static class StatusTable
{
    private static readonly string[] Heading = ["PEER", "STATE", "SINCE", "AT", "RTT", "OUT", "IN", "MTU", "DROPPED"];

    /// <summary>The columns whose numbers are read from their ends.</summary>
    private static readonly bool[] AlignRight = [false, false, false, false, true, true, true, true, true];

    /// <returns>The lines, without their ends.</returns>
    public static IReadOnlyList<string> Write(NodeStatus status, DateTimeOffset now)
    {
        List<string> lines =
        [
            $"{status.Name}: device {status.Device}, MTU {status.Mtu}, listening on {status.Listen}, up {Humane.Duration(now - status.StartedAt)}, fifovpn {status.Version}",
            $"packets: {TableText.Traffic(status.Traffic.PacketsSent, status.Traffic.BytesSent)} out, {TableText.Traffic(status.Traffic.PacketsReceived, status.Traffic.BytesReceived)} in, "
                + $"dropped: {TableText.Drops(status.Traffic.Drops)}",
            TableText.Socket(status.Endpoint),
            $"offloads: {(status.Offloads.Count > 0 ? string.Join(", ", status.Offloads) : "none")}",
            .. status.Rendezvous.Select(server => Server(server, now)),
            "",
        ];
        if (status.Peers.Count == 0)
        {
            lines.Add("no peers");
            return lines;
        }

        lines.AddRange(TableText.Align([Heading, .. status.Peers.Select(peer => Row(peer, now))], AlignRight));
        lines.AddRange(status.Peers
            .Where(peer => peer is { State: not PeerState.Connected, LastFailure: not null })
            .Select(peer => $"{peer.Name}: {(peer.LastFailureAt is { } at ? $"{Humane.Ago(at, now)}, " : "")}{peer.LastFailure}"));
        return lines;
    }

    private static string Server(RendezvousStatus server, DateTimeOffset now) => server.RegisteredSince is { } since
        ? $"rendezvous {server.Name} at {server.Endpoint}: registered {Humane.Ago(since, now)} as {server.PublicEndpoint ?? TableText.None}, {(server.Relays ? "relays" : "does not relay")}"
        : $"rendezvous {server.Name} at {server.Endpoint}: not registered{(server.LastFailure is { } failure ? $": {failure}" : "")}";

    private static string[] Row(PeerStatus peer, DateTimeOffset now) =>
    [
        peer.Discovered ? $"{peer.Name} (found)" : peer.Name,
        NodeMetrics.StateName(peer.State),
        peer.ConnectedSince is { } since ? Humane.Ago(since, now) : TableText.None,
        peer.Relay is { } relay ? $"relay {relay}" : peer.Endpoint ?? TableText.None,
        peer.RoundTripMilliseconds is { } roundTrip ? Humane.Milliseconds(roundTrip) : TableText.None,
        Humane.Bytes(peer.Traffic.BytesSent),
        Humane.Bytes(peer.Traffic.BytesReceived),
        peer.PathMtu?.ToString() ?? TableText.None,
        peer.Traffic.Drops.Values.Sum().ToString(),
    ];
}
