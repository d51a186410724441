using System.CommandLine;
using System.Text;
using System.Text.Json;
using FifoVpn.Status;

namespace FifoVpn.Cli;

/// <summary>fifovpn status: what a running node or rendezvous server is at.</summary>
internal static class StatusCommand
{
    private const string Home = "\e[H";
    private const string ClearToEndOfLine = "\e[K";
    private const string ClearBelow = "\e[J";

    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        StatusSocketOptions socket = new();
        Option<bool> json = new("--json") { Description = "JSON, as it is without this when the output is no terminal" };
        Option<bool> watch = new("--watch", "-w") { Description = "Again each second until SIGINT; in JSON one document on each line" };
        Command command = new("status", "Show a running node: its peers, their state, traffic and drops; or a rendezvous server and its nodes") { json, watch };
        socket.AddTo(command, alsoServers: true);
        command.SetAction(result => CommandRunner.Run(
            () =>
            {
                TextWriter output = result.InvocationConfiguration.Output;
                bool table = !result.GetValue(json) && output == Console.Out && !Console.IsOutputRedirected;
                using StatusClient client = new(socket.Find(result));
                if (result.GetValue(watch))
                {
                    Watch(client, output, table);
                }
                else
                {
                    output.Write(table ? Lines(client, "") : Indented(client.StatusText()));
                }

                return ExitCode.Success;
            },
            result.InvocationConfiguration.Error));
        return command;
    }

    private static void Watch(StatusClient client, TextWriter output, bool table)
    {
        using Interruption end = new();
        if (table)
        {
            output.Write(Home + ClearBelow);
        }

        do
        {
            output.Write(table ? Home + Lines(client, ClearToEndOfLine) + ClearBelow : $"{client.StatusText()}\n");
            output.Flush();
        }
        while (!end.Wait(WatchInterval));
    }

    private static string Lines(StatusClient client, string lineEnd)
    {
        string json = client.StatusText();
        DateTimeOffset now = DateTimeOffset.UtcNow;
        IReadOnlyList<string> lines = IsOfServer(json)
            ? ServerStatusTable.Write(JsonSerializer.Deserialize(json, StatusJson.Default.ServerStatus)!, now)
            : StatusTable.Write(JsonSerializer.Deserialize(json, StatusJson.Default.NodeStatus)!, now);
        return string.Concat(lines.Select(line => $"{line}{lineEnd}\n"));
    }

    /// <summary>Only a rendezvous server has nodes.</summary>
    private static bool IsOfServer(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty("nodes", out _);
    }

    /// <summary>As it came: a newer node may say what this program does not know.</summary>
    private static string Indented(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true }))
        {
            document.WriteTo(writer);
        }

        return $"{Encoding.UTF8.GetString(stream.ToArray())}\n";
    }
}
