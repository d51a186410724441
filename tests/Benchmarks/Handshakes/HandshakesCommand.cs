using System.CommandLine;

namespace FifoDtls.Benchmarks;

/// <summary>The command line of <c>handshakes</c>.</summary>
internal static class HandshakesCommand
{
    internal static Command Create()
    {
        var command = new Command("handshakes", "New peers per second through an endpoint on loopback, beside bare handshakes of libssl in memory.");
        Option<int> clients = BenchOptions.Number("--clients", "Clients that handshake with the endpoint at a time.", 1, 1_000, 16);
        Option<int> stay = BenchOptions.Number("--stay", "How many new peers stay at the most, in the measurement of those that stay.", 1, 10_000, 1_000);
        Option<string[]> only = BenchOptions.Only("Measures these beside the bare handshakes, and no others.", "pairs", "leave", "stay");
        var options = new BenchOptions(command, rounds: 7, seconds: 3, clients, stay, only);
        command.SetAction(parsed =>
        {
            BenchSettings settings = options.Read(parsed);
            return BenchRun.Execute(settings, () => new HandshakesBenchmark(settings, parsed.GetValue(clients), parsed.GetValue(stay), parsed.GetValue(only)!));
        });
        return command;
    }
}
