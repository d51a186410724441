namespace FifoVpn.Status;

/// <summary>A rendezvous server's status for a terminal.</summary>
internal static class ServerStatusTable
{
    private static readonly string[] Heading = ["NODE", "REGISTERED", "AT", "CHANNELS", "RELAYED", "DROPPED"];
    private static readonly bool[] AlignRight = [false, false, false, true, true, true];

    /// <returns>The lines, without their ends.</returns>
    public static IReadOnlyList<string> Write(ServerStatus status, DateTimeOffset now)
    {
        ServerRequestStatus requests = status.Requests;
        ServerRelayStatus relay = status.Relay;
        List<string> lines =
        [
            $"{status.Name}: rendezvous server on {status.Listen}, {status.Nodes.Count} of at most {status.MaxNodes} nodes, up {Humane.Duration(now - status.StartedAt)}, fifovpn {status.Version}",
            $"requests: {requests.Registrations} registrations, {requests.Questions} questions, {requests.Introductions} introductions, "
                + $"not served: {TableText.Drops(requests.Drops)}, refused: {TableText.Drops(status.Refusals)}",
            relay.Enabled
                ? $"relay: {relay.Channels} channels, {TableText.Traffic(relay.Datagrams, relay.Bytes)} relayed, dropped: {TableText.Drops(relay.Drops)}"
                : $"relay: off, dropped: {TableText.Drops(relay.Drops)}",
            TableText.Socket(status.Endpoint),
            "",
        ];
        if (status.Nodes.Count == 0)
        {
            lines.Add("no nodes");
        }
        else
        {
            lines.AddRange(TableText.Align([Heading, .. status.Nodes.Select(node => Row(node, now))], AlignRight));
        }

        return lines;
    }

    private static string[] Row(ServerNodeStatus node, DateTimeOffset now) =>
    [
        node.Name,
        node.RegisteredSince is { } since ? Humane.Ago(since, now) : TableText.None,
        node.Endpoint,
        $"{node.Channels}",
        Humane.Bytes(node.BytesRelayed),
        $"{node.RelayDrops}",
    ];
}
