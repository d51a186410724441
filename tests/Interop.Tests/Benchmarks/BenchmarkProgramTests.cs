using System.Text.Json;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>The shortest run of every benchmark of <c>fifodtls-bench</c>: it measures something of every contender. How much is not asserted.</summary>
[Platform("Linux")]
public sealed class BenchmarkProgramTests
{
    private const string Program = "fifodtls-bench";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Test, CancelAfter(400_000)]
    public void Every_small_benchmark_runs()
    {
        string output = Run("micro", "--quick");

        foreach (string benchmark in (string[])["PushAndTake_by_two_threads", "RecordIn", "RecordOut", "Full", "Resumed", "LookUp", "Make", "Check"])
        {
            Assert.That(output, Does.Match($@"\| {benchmark} +\|"));
        }
    }

    [Test, CancelAfter(400_000)]
    public void Handshakes_are_measured() => AssertAllMeasured(Rows("handshakes", "--stay", "50"), 4);

    [Test, CancelAfter(400_000)]
    public void Echoes_are_measured() => AssertAllMeasured(Rows("echo"), 4);

    [Test, CancelAfter(400_000)]
    public void Round_trips_are_measured() => AssertAllMeasured(Rows("rtt", "--loaded-rate", "2000"), 8);

    [Test, CancelAfter(400_000)]
    public void Tunnels_are_measured()
    {
        Requires.NetworkNamespace();
        Requires.TunDevice();
        Requires.Tools("iperf3", "ping");

        JsonElement[] rows = Rows("tunnel", "--only", "none", "--only", "fifovpn");

        Assert.That(rows.Select(row => row.GetProperty("contender").GetString()), Is.EqualTo(["no tunnel", "fifovpn"]));
        AssertAllMeasured(rows[1..], 1); // of the first one, no processor time of a tunnel is known
    }

    [TestCase("echo --peers 0", "no number from 1 to 10000")]
    [TestCase("echo --rounds 0", "--rounds is 1 to 1000")]
    [TestCase("echo --size x", "--size is 1 to 1300, not 'x'")]
    [TestCase("handshakes --only fast", "'fast'")]
    [TestCase("tunnel --only fast", "'fast'"), CancelAfter(400_000)]
    public void Wrong_usage_is_told(string arguments, string expected)
    {
        using ChildProcess process = ChildProcess.StartDotnet(Program, arguments.Split(' '));

        Assert.That(process.WaitForExit(Limit), Is.EqualTo(1));
        Assert.That(process.Text(OutputStream.Error), Does.StartWith("fifodtls-bench: ").And.Contains(expected));
    }

    private static JsonElement[] Rows(params string[] arguments)
    {
        using TempDirectory folder = new();
        string file = folder.PathOf("report.json");
        string output = Run([.. arguments, "--quick", "--json", file]);
        Assert.That(output, Does.Contain("| |").And.Contains("load"), "a table and the machine");
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(file));
        return [.. report.RootElement.GetProperty("comparisons").EnumerateArray().SelectMany(table => table.GetProperty("rows").EnumerateArray().Select(row => row.Clone()))];
    }

    private static void AssertAllMeasured(JsonElement[] rows, int count)
    {
        Assert.That(rows, Has.Length.EqualTo(count));
        foreach (JsonElement row in rows)
        {
            foreach (JsonElement figure in row.GetProperty("figures").EnumerateArray())
            {
                Assert.That(figure.GetProperty("median").ValueKind, Is.EqualTo(JsonValueKind.Number), () => $"{row.GetProperty("contender")}: {figure}");
            }
        }
    }

    private static string Run(params string[] arguments)
    {
        using ChildProcess process = ChildProcess.StartDotnet(Program, arguments);
        int exitCode = process.WaitForExit(Limit);
        string all = process.Text(OutputStream.Output) + process.Text(OutputStream.Error);
        Assert.That(exitCode, Is.Zero, all);
        return process.Text(OutputStream.Output);
    }
}
