using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary>Tunnels between two network namespaces, side by side.</summary>
internal sealed class TunnelBenchmark : IBenchmark
{
    internal static readonly TunnelContender[] All = [new NoTunnel(), new FifoVpn(), new OpenVpn(), new WireGuardGo()];

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly BenchSettings _settings;
    private readonly bool _offload;
    private readonly TempDirectory _files = new();
    private readonly List<(TunnelContender Contender, Row Row)> _contenders = [];
    private readonly Comparison _comparison;

    internal TunnelBenchmark(BenchSettings settings, string[] only, string? baseline, bool offload)
    {
        (_settings, _offload) = (settings, offload);
        RequireTools([.. (string[])["ip", "iperf3", "ping"], .. offload ? (string[])[] : ["ethtool"]]);
        _comparison = new Comparison($"Between two network namespaces, segmentation offload on the veth pair {(offload ? "on" : "off")}", TunnelMeasurement.Columns);
        foreach (TunnelContender contender in All.Where(contender => only.Length == 0 || only.Contains(contender.Name)))
        {
            if (contender.Tools.FirstOrDefault(tool => Requires.FindTool(tool) is null) is { } missing)
            {
                Console.Error.WriteLine($"fifodtls-bench: {contender.Name} is skipped: there is no program {missing} on the PATH.");
                continue;
            }

            _contenders.Add((contender, _comparison.AddRow(contender.Description)));
        }

        Row? compared = _contenders.Find(entry => baseline is null || entry.Contender.Name == baseline).Row;
        _contenders.ForEach(entry => entry.Row.Baseline = entry.Row == compared ? null : compared);
    }

    public string Method =>
        "Each contender is brought up in two new namespaces, joined by a veth pair with an MTU of 1500, measured and torn down, once a round. TCP: one stream of iperf3. UDP: iperf3 as fast as it can, so sender, tunnel and receiver "
        + "compete for the cores. Processor time: user and system time of the tunnel's processes during the TCP transfer. RTT: ping every 5 ms, idle and beside one TCP stream.";

    public IReadOnlyList<Comparison> Comparisons => [_comparison];

    // Every measurement has new processes: there is nothing to warm up.
    public void WarmUp(CancellationToken interrupted) => _contenders.ForEach(entry => entry.Contender.Prepare(_files));

    public void Round(CancellationToken interrupted)
    {
        double?[][] samples = [.. _contenders.Select(entry => Measure(entry.Contender, interrupted))];
        for (int i = 0; i < samples.Length; i++)
        {
            _contenders[i].Row.Add(samples[i]);
        }
    }

    public void Dispose() => _files.Dispose();

    private double?[] Measure(TunnelContender contender, CancellationToken interrupted)
    {
        using NetworkNamespaces network = NetworkNamespaces.CreatePair();
        if (!_offload)
        {
            SwitchOffloadOff(network);
        }

        IReadOnlyList<ChildProcess> processes = contender.Start(network, _files);
        try
        {
            var measurement = new TunnelMeasurement(network, contender.FarAddress, _settings.Sample, _settings.Quick ? 20 : 200);
            measurement.WaitUntilReachable(StartLimit);
            return measurement.Run(interrupted);
        }
        catch (NUnit.Framework.AssertionException exception)
        {
            string logs = string.Concat(processes.Select(process => $"--- {process.Command}\n{process.Text(OutputStream.Output)}{process.Text(OutputStream.Error)}"));
            throw new CommandFailure(ExitCode.Network, $"{contender.Name}: {exception.Message}\n{logs}", exception);
        }
        finally
        {
            Stop(processes);
        }
    }

    /// <summary>Asks the tunnel's ends to end, so that they take their devices and control sockets along; kills those that do not.</summary>
    private static void Stop(IReadOnlyList<ChildProcess> processes)
    {
        try
        {
            ChildProcess[] running = [.. processes.Where(process => !process.HasExited)];
            Array.ForEach(running, process => process.Signal(ChildProcess.SigTerm));
            Array.ForEach(running, process => process.WaitForExit(StopLimit));
        }
        finally
        {
            foreach (ChildProcess process in processes)
            {
                process.Dispose();
            }
        }
    }

    private static void SwitchOffloadOff(NetworkNamespaces network)
    {
        for (int side = 0; side < network.Count; side++)
        {
            network.Run(side, StartLimit, "ethtool", "-K", "veth0", "tx-udp-segmentation", "off", "tso", "off", "gso", "off", "gro", "off").EnsureSuccess();
        }
    }

    private static void RequireTools(string[] tools)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new CommandFailure(ExitCode.Usage, "tunnel makes network namespaces: it must be run as root.");
        }

        if (tools.FirstOrDefault(tool => Requires.FindTool(tool) is null) is { } missing)
        {
            throw new CommandFailure(ExitCode.Usage, $"tunnel needs the program {missing} on the PATH.");
        }
    }
}
