using System.CommandLine;

namespace FifoDtls.Benchmarks;

/// <summary>The command line of <c>echo</c>.</summary>
internal static class EchoCommand
{
    internal static Command Create()
    {
        var command = new Command("echo", "Echoes per second and processor time of each over loopback, beside a raw UDP echo of the same shape.");
        Option<int[]?> peers = BenchOptions.PeerCounts();
        Option<int> threads = BenchOptions.Number("--client-threads", "Threads that play the clients, the same for both servers.", 1, 1_000, 4);
        Option<int> size = BenchOptions.PayloadSize(1);
        Option<int> window = BenchOptions.Number("--window", "Datagrams of each peer that are in flight.", 1, 100, 4);
        var options = new BenchOptions(command, rounds: 7, seconds: 2, peers, threads, size, window);
        command.SetAction(parsed =>
        {
            BenchSettings settings = options.Read(parsed);
            int[] counts = BenchOptions.ReadPeerCounts(parsed, peers, settings);
            return BenchRun.Execute(settings, () => new EchoBenchmark(settings, counts, parsed.GetValue(threads), parsed.GetValue(size), parsed.GetValue(window)));
        });
        return command;
    }
}
