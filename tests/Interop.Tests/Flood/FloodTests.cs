using System.Text.Json;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

[Platform("Linux")]
public sealed class FloodTests
{
    [Test, CancelAfter(200_000)]
    public void Twenty_clients_go_on_while_a_flood_costs_the_server_a_peer_for_each_proven_source_only()
    {
        using ChildProcess process = ChildProcess.StartDotnet("fifodtls-stress", "flood", "--duration", "6", "--rate", "3000", "--half-open", "20");

        int exitCode = process.WaitForExit(TimeSpan.FromSeconds(150));

        string output = process.Text(OutputStream.Output);
        Assert.That(exitCode, Is.Zero, () => output + process.Text(OutputStream.Error));
        JsonElement report = JsonDocument.Parse(output).RootElement;
        JsonElement flood = report.GetProperty("flood");
        JsonElement server = report.GetProperty("server").GetProperty("statistics");
        foreach (string kind in (string[])["clientHellos", "garbage", "oversized", "halfOpen"])
        {
            Assert.That(flood.GetProperty(kind).GetInt64(), Is.Positive, kind);
        }

        Assert.That(server.GetProperty("helloVerifyRequests").GetInt64(), Is.Positive);
        Assert.That(server.GetProperty("invalidCookies").GetInt64(), Is.Positive);
        Assert.That(server.GetProperty("unknownSources").GetInt64(), Is.Positive);
        Assert.That(report.GetProperty("mostHandshakes").GetInt64(), Is.Positive, "half-open handshakes have a place at the server");
        Assert.That(
            report.GetProperty("mostPeers").GetInt64(), Is.LessThanOrEqualTo(20 + 1 + report.GetProperty("newcomers").GetProperty("ok").GetInt64() + flood.GetProperty("halfOpen").GetInt64()),
            "nobody else has");
        Assert.That(report.GetProperty("clients").GetProperty("received").GetInt64(), Is.GreaterThan(20));
    }

    [Test, CancelAfter(60_000)]
    public void There_is_a_limit_to_the_time()
    {
        using ChildProcess process = ChildProcess.StartDotnet("fifodtls-stress", "flood", "--duration", "601");

        Assert.That(process.WaitForExit(TimeSpan.FromSeconds(30)), Is.EqualTo(1));
        Assert.That(process.Text(OutputStream.Error), Does.Contain("--duration is 2 to 600, not"));
    }
}
