using System.CommandLine;

namespace FifoDtls.Benchmarks;

/// <summary>The command line of <c>rtt</c>.</summary>
internal static class RoundTripsCommand
{
    internal static Command Create()
    {
        var command = new Command("rtt", "Percentiles of the round trips over loopback, idle and loaded, beside a raw UDP echo of the same shape.");
        Option<int[]?> peers = BenchOptions.PeerCounts();
        Option<int> idle = BenchOptions.Number("--idle-rate", "Datagrams a second, of all peers together, that count as idle.", 1, 1_000_000, 500);
        Option<int> loaded = BenchOptions.Number("--loaded-rate", "Datagrams a second, of all peers together, that count as load.", 1, 1_000_000, 20_000);
        Option<int> size = BenchOptions.PayloadSize(8);
        var options = new BenchOptions(command, rounds: 5, seconds: 4, peers, idle, loaded, size);
        command.SetAction(parsed =>
        {
            BenchSettings settings = options.Read(parsed);
            int[] counts = BenchOptions.ReadPeerCounts(parsed, peers, settings);
            return BenchRun.Execute(settings, () => new RoundTripsBenchmark(settings, counts, parsed.GetValue(idle), parsed.GetValue(loaded), parsed.GetValue(size)));
        });
        return command;
    }
}
