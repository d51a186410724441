using System.CommandLine;

namespace FifoDtls.Benchmarks;

/// <summary>The command line of <c>tunnel</c>.</summary>
internal static class TunnelCommand
{
    internal static Command Create()
    {
        var command = new Command("tunnel", "fifovpn between two network namespaces, beside no tunnel, openvpn and wireguard-go. Needs root, iperf3 and ping; a rival that is not installed is skipped.");
        Option<string[]> only = new("--only") { HelpName = "NAME", Description = "Measures these and no others.", DefaultValueFactory = _ => [] };
        only.AcceptOnlyFromAmong([.. TunnelBenchmark.All.Select(contender => contender.Name)]);
        Option<string?> baseline = new("--baseline") { HelpName = "NAME", Description = "What the others are compared with. Default: the first that is measured, no tunnel." };
        baseline.AcceptOnlyFromAmong([.. TunnelBenchmark.All.Select(contender => contender.Name)]);
        Option<bool> offload = new("--no-offload") { Description = "Switches segmentation offload and GRO off on the veth pair, so that every packet crosses alone. Needs ethtool." };
        var options = new BenchOptions(command, rounds: 5, seconds: 5);
        command.Add(only);
        command.Add(baseline);
        command.Add(offload);
        command.SetAction(parsed =>
        {
            BenchSettings settings = options.Read(parsed);
            return BenchRun.Execute(settings, () => new TunnelBenchmark(settings, parsed.GetValue(only)!, parsed.GetValue(baseline), !parsed.GetValue(offload)));
        });
        return command;
    }
}
