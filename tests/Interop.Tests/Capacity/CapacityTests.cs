using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

[Platform("Linux")]
public sealed class CapacityTests
{
    [Test, CancelAfter(90_000)]
    public void Capacity_measures_what_idle_peers_cost()
    {
        using ChildProcess process = ChildProcess.StartDotnet("fifodtls-stress", "capacity", "--peers", "50", "--hold", "6", "--rest", "1");

        Assert.That(process.WaitForExit(TimeSpan.FromSeconds(60)), Is.Zero, () => process.Text(OutputStream.Error));

        IReadOnlyList<string> lines = process.Lines(OutputStream.Output);
        Assert.That(lines, Has.Count.EqualTo(5));
        Assert.That(lines[0], Does.Match("^0 peers: resident [0-9]+ KiB; .* threads; kernel drops 0$"));
        Assert.That(lines[1], Does.Match("^50 peers after [0-9.]+ s: resident [0-9]+ KiB, [0-9.]+ KiB each; "));
        Assert.That(lines[2], Does.Match("^idle for 6 s: threads [0-9]+, 0.0 ± 0.0 a minute; descriptors [0-9]+, 0.0 ± 0.0 a minute; resident [0-9]+ KiB, .*; native heap .*; managed heap .* a minute$"));
        Assert.That(lines[3], Does.Match("^closed by their clients after [0-9.]+ s: resident [0-9]+ KiB; "));
        Assert.That(lines[4], Does.Match("^1 s later: resident [0-9]+ KiB; "));
        int threads = int.Parse(System.Text.RegularExpressions.Regex.Match(lines[1], "; ([0-9]+) threads").Groups[1].Value);
        Assert.That(threads, Is.GreaterThan(50), "a thread for each");
    }

    [Test, CancelAfter(60_000)]
    public void Capacity_tells_the_range_of_peers([Values("0", "50001")] string peers)
    {
        using ChildProcess process = ChildProcess.StartDotnet("fifodtls-stress", "capacity", "--peers", peers);

        Assert.That(process.WaitForExit(TimeSpan.FromSeconds(30)), Is.EqualTo(1));
        Assert.That(process.Text(OutputStream.Error), Does.Contain("--peers is 1 to 50000"));
    }
}
