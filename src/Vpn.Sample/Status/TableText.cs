namespace FifoVpn.Status;

/// <summary>What the tables for a terminal have in common.</summary>
internal static class TableText
{
    /// <summary>For what has no value.</summary>
    public const string None = "-";

    private const string Gap = "  ";

    public static string Traffic(long packets, long bytes) => $"{packets} ({Humane.Bytes(bytes)})";

    public static string Drops(IReadOnlyDictionary<string, long> drops)
    {
        string text = string.Join(", ", drops.Where(drop => drop.Value > 0).Select(drop => $"{drop.Key} {drop.Value}"));
        return text.Length > 0 ? text : "none";
    }

    public static string Socket(EndpointStatus endpoint) =>
        $"socket: {Traffic(endpoint.DatagramsSent, endpoint.BytesSent)} out, {Traffic(endpoint.DatagramsReceived, endpoint.BytesReceived)} in, "
        + $"handshakes {endpoint.HandshakesAsClient + endpoint.HandshakesAsServer} ({endpoint.HandshakesFailed} failed), "
        + $"invalid {endpoint.DatagramsInvalid}, dropped by the system {endpoint.KernelDrops}, by full queues {endpoint.FifoDrops}";

    /// <summary>The rows, whose first is the heading, in columns.</summary>
    /// <param name="alignRight">The columns whose numbers are read from their ends.</param>
    public static IEnumerable<string> Align(IReadOnlyList<string[]> rows, bool[] alignRight)
    {
        int[] widths = [.. rows[0].Select((_, column) => rows.Max(row => row[column].Length))];
        return rows.Select(row => string.Join(
            Gap, row.Select((cell, column) => alignRight[column] ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
    }
}
