using System.Text.Json;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>What TCP gets through the tunnel. The numbers are printed; how great they are depends on the machine and is not asserted.</summary>
internal sealed class TunnelThroughputTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Test]
    [CancelAfter(180_000)]
    public void TCP_flows_both_ways_with_and_without_offloads([Values] bool offload)
    {
        Tunnel.Require();
        Requires.Tool("iperf3");
        using Tunnel tunnel = new(offload: offload);
        tunnel.Start();
        string expected = offload ? "offloads: checksum, tcpSegmentation" : "offloads: none";
        tunnel.Alpha.Up.WaitForLine(OutputStream.Error, expected, Limit, fromStart: true);
        tunnel.Beta.Up.WaitForLine(OutputStream.Error, expected, Limit, fromStart: true);
        Measure(tunnel, "alpha to beta");
        Measure(tunnel, "beta to alpha", "--reverse");
        ReportLosses(tunnel.Alpha);
        ReportLosses(tunnel.Beta);
    }

    /// <summary>Packets that the kernel could not queue on the device, and what the node says when it ends.</summary>
    private static void ReportLosses(TunnelSide side)
    {
        ProcessResult link = side.Run("ip", "-s", "-j", "link", "show", "dev", TunnelSide.Device).EnsureSuccess();
        using JsonDocument report = JsonDocument.Parse(link.Output);
        JsonElement sent = report.RootElement[0].GetProperty("stats64").GetProperty("tx");
        TestContext.Out.WriteLine($"{side.Name}: {sent.GetProperty("dropped").GetInt64()} of {sent.GetProperty("packets").GetInt64()} packets dropped before the device");

        side.Up.Signal(ChildProcess.SigTerm);
        side.Up.WaitForExit(Limit);
        foreach (string line in side.Up.Lines(OutputStream.Error).Where(line => line.Contains("dropped", StringComparison.Ordinal)))
        {
            TestContext.Out.WriteLine($"{side.Name}: {line}");
        }
    }

    private static void Measure(Tunnel tunnel, string direction, params string[] options)
    {
        using ChildProcess server = tunnel.Beta.StartTool("iperf3", "--server", "--one-off", "--forceflush", "--bind", tunnel.Beta.IPv4);
        server.WaitForLine(OutputStream.Output, "Server listening", Limit);
        ProcessResult client = tunnel.Alpha.Run("iperf3", ["--client", tunnel.Beta.IPv4, "--time", "10", "--json", .. options]).EnsureSuccess();
        using JsonDocument report = JsonDocument.Parse(client.Output);
        JsonElement end = report.RootElement.GetProperty("end");
        double bits = end.GetProperty("sum_received").GetProperty("bits_per_second").GetDouble();
        long bytes = end.GetProperty("sum_received").GetProperty("bytes").GetInt64();
        JsonElement sent = end.GetProperty("sum_sent");
        long retransmits = sent.TryGetProperty("retransmits", out JsonElement count) ? count.GetInt64() : -1;
        TestContext.Out.WriteLine($"{direction}: {bits / 1e6:0} Mbit/s, {bytes / 1e6:0} MB, {retransmits} retransmits");
        Assert.That(bytes, Is.GreaterThan(10_000_000), tunnel.Alpha.Logs(tunnel.Beta));
    }
}
