using System.CommandLine;

namespace FifoDtls.Benchmarks;

/// <summary>The command line of <c>tunnel</c>.</summary>
internal static class TunnelCommand
{
    internal static Command Create()
    {
        var command = new Command("tunnel", "fifovpn between two network namespaces, beside no tunnel, openvpn and wireguard-go. Needs root, iperf3 and ping; a rival that is not installed is skipped.");
        string[] names = [.. TunnelBenchmark.All.Select(contender => contender.Name)];
        Option<string[]> only = BenchOptions.Only("Measures these and no others.", names);
        Option<string?> baseline = new("--baseline") { HelpName = "NAME", Description = "What the others are compared with. Default: the first that is measured, no tunnel." };
        baseline.AcceptOnlyFromAmong(names);
        Option<bool> offload = new("--no-offload") { Description = "Switches segmentation offload and GRO off on the veth pair, so that every packet crosses alone. Needs ethtool." };
        var options = new BenchOptions(command, rounds: 5, seconds: 5, only, baseline, offload);
        command.SetAction(parsed =>
        {
            BenchSettings settings = options.Read(parsed);
            return BenchRun.Execute(settings, () => new TunnelBenchmark(settings, parsed.GetValue(only)!, parsed.GetValue(baseline), !parsed.GetValue(offload)));
        });
        return command;
    }
}
