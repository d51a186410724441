using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary>Measures the way from the first of two namespaces to an address in the second.</summary>
internal sealed partial class TunnelMeasurement(NetworkNamespaces network, string far, TimeSpan time, int pings)
{
    private const int ServerPort = 5201;
    private const string PingInterval = "0.005"; // seconds
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(30);

    /// <summary>The columns, in the order of <see cref="Run"/>.</summary>
    internal static Figure[] Columns =>
    [
        new("TCP, Mbit/s", "0"), new("processor time of both ends, s/GB", "0.00"), new("64-byte UDP received, thousand/s", "0.0"),
        new("RTT p50 idle, ms", "0.000"), new("RTT p99 idle, ms", "0.000"), new("RTT p50 under TCP, ms", "0.000"), new("RTT p99 under TCP, ms", "0.000"),
    ];

    /// <summary>Waits until the far end answers.</summary>
    internal void WaitUntilReachable(TimeSpan limit) =>
        Eventually.True(() => network.Run(0, Slack, "ping", "-c", "1", "-W", "1", far).ExitCode == 0, limit, $"a ping to {far} is answered");

    internal double?[] Run(CancellationToken interrupted)
    {
        (double? idle50, double? idle99) = Ping();
        interrupted.ThrowIfCancellationRequested();
        IReadOnlyList<int> daemons = Processes();
        TimeSpan before = ProcessorTime(daemons);
        JsonElement tcp = Transfer("--client", far, "--time", Seconds(time), "--json");
        double gigabytes = tcp.GetProperty("sum_received").GetProperty("bytes").GetDouble() / 1e9;
        double? cost = daemons.Count == 0 ? null : (ProcessorTime(daemons) - before).TotalSeconds / gigabytes;
        interrupted.ThrowIfCancellationRequested();
        JsonElement udp = Transfer("--client", far, "--time", Seconds(time), "--udp", "--bitrate", "0", "--length", "64", "--json").GetProperty("sum_received");
        interrupted.ThrowIfCancellationRequested();
        (double? loaded50, double? loaded99) = PingUnderLoad();
        return
        [
            tcp.GetProperty("sum_received").GetProperty("bits_per_second").GetDouble() / 1e6, cost,
            udp.GetProperty("bytes").GetDouble() / 64 / udp.GetProperty("seconds").GetDouble() / 1e3, idle50, idle99, loaded50, loaded99,
        ];
    }

    private JsonElement Transfer(params string[] arguments)
    {
        using ChildProcess server = StartServer();
        ProcessResult client = network.Run(0, time + Slack, "iperf3", arguments).EnsureSuccess();
        using JsonDocument report = JsonDocument.Parse(client.Output);
        return report.RootElement.GetProperty("end").Clone();
    }

    private ChildProcess StartServer()
    {
        ChildProcess server = network.Start(1, "iperf3", "--server", "--one-off", "--forceflush", "--port", ServerPort.ToString(CultureInfo.InvariantCulture));
        try
        {
            server.WaitForLine(OutputStream.Output, "Server listening", Slack);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    private (double? P50, double? P99) PingUnderLoad()
    {
        using ChildProcess server = StartServer();
        TimeSpan load = (pings * TimeSpan.FromMilliseconds(5)) + TimeSpan.FromSeconds(3);
        using ChildProcess client = network.Start(0, "iperf3", "--client", far, "--time", Seconds(load), "--forceflush", "--interval", "0.5");
        client.WaitForLine(OutputStream.Output, "bits/sec", Slack); // the transfer is on its way
        return Ping();
    }

    private (double? P50, double? P99) Ping()
    {
        ProcessResult result = network.Run(0, Slack + (pings * TimeSpan.FromMilliseconds(10)), "ping", "-n", "-c", pings.ToString(CultureInfo.InvariantCulture), "-i", PingInterval, "-W", "1", far);
        double[] times = [.. TimeOfPing().Matches(result.Output).Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).Order()];
        return times.Length == 0 ? (null, null) : (times[(int)Math.Ceiling(times.Length * 0.5) - 1], times[(int)Math.Ceiling(times.Length * 0.99) - 1]);
    }

    /// <summary>The processes in both namespaces: the tunnel's, as nothing else runs there yet.</summary>
    private List<int> Processes() =>
        [.. Enumerable.Range(0, network.Count).SelectMany(side => ChildProcess.Run(Slack, "ip", "netns", "pids", network[side]).EnsureSuccess().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse)];

    private static TimeSpan ProcessorTime(IEnumerable<int> processes)
    {
        TimeSpan sum = TimeSpan.Zero;
        foreach (int id in processes)
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            sum += process.TotalProcessorTime;
        }

        return sum;
    }

    // iperf3 takes whole seconds.
    private static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"time=([\d.]+) ms")]
    private static partial Regex TimeOfPing();
}
