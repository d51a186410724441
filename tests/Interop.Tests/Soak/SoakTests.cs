using System.Text.Json;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

[Platform("Linux")]
public sealed class SoakTests
{
    private static readonly string[] Short = ["soak", "--peers", "20", "--duration", "8", "--lifetime", "1..4", "--rate", "20"];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150); // of a loaded machine; it takes some 10 s

    [TestCase("")]
    [TestCase("--batch 16 --datagram-size 32..400")]
    [TestCase("--batch 16 --datagram-size 32..400 --no-offload")]
    [CancelAfter(200_000)]
    public void Without_faults_every_payload_that_is_waited_for_comes_back_once_and_to_its_peer(string options)
    {
        JsonElement report = Soak(["--death", "0", "--handshake-close", "0", "--cancel", "0", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        JsonElement payloads = report.GetProperty("payloads");
        Assert.That(payloads.GetProperty("received").GetInt64(), Is.Positive);
        Assert.That(payloads.GetProperty("sent").GetInt64(), Is.EqualTo(
            payloads.GetProperty("received").GetInt64() + payloads.GetProperty("lost").GetInt64() + payloads.GetProperty("outstandingAtDeath").GetInt64()), "each is accounted for");
        Assert.That(report.GetProperty("handshakes").GetProperty("ok").GetInt64(), Is.GreaterThanOrEqualTo(20));
    }

    [TestCase("--batch 1")]
    [TestCase("--batch 8")]
    [TestCase("--batch 8 --no-offload")]
    [CancelAfter(200_000)]
    public void With_every_fault_and_two_processes_nothing_happens_that_must_not(string options)
    {
        JsonElement report = Soak([
            "--processes", "2", "--death", "20", "--handshake-close", "20", "--cancel", "20", "--same-address", "40", "--drop", "5", "--duplicate", "5", "--reorder", "10", "--delay", "5", "--corrupt", "2",
            "--truncate", "2", "--inject", "5", .. options.Split(' ')]);

        JsonElement proxy = report.GetProperty("proxy");
        foreach (string fault in (string[])["dropped", "duplicated", "reordered", "delayed", "corrupted", "truncated", "injectedRecords", "injectedClientHellos", "replayed"])
        {
            Assert.That(proxy.GetProperty(fault).GetInt64(), Is.Positive, fault);
        }

        Assert.That(report.GetProperty("payloads").GetProperty("outOfOrder").GetInt64(), Is.Positive);
        Assert.That(report.GetProperty("server").GetProperty("resources").GetProperty("samples").GetInt32(), Is.Positive);
    }

    [Test, CancelAfter(200_000)]
    public void The_seed_and_nothing_else_decides_on_the_schedule()
    {
        string first = Schedule("7");

        Assert.That(Schedule("7"), Is.EqualTo(first));
        Assert.That(Schedule("8"), Is.Not.EqualTo(first));

        static string Schedule(string seed) => Run("soak", "--peers", "3", "--duration", "1", "--seed", seed).GetProperty("schedule").GetString()!;
    }

    [Test, CancelAfter(200_000)]
    public void On_a_terminal_it_shows_what_goes_on()
    {
        Requires.Tool("script"); // which gives the program a terminal
        string program = Path.Combine(AppContext.BaseDirectory, "fifodtls-stress.dll");
        using ChildProcess process = ChildProcess.Start("script", "-qec", $"dotnet '{program}' soak --peers 2 --duration 3 --seed 1 >/dev/null", "/dev/null");

        int exitCode = process.WaitForExit(Limit);

        string shown = process.Text(OutputStream.Output);
        Assert.That(exitCode, Is.Zero, shown);
        Assert.That(shown, Does.Match("[0-9] s: [0-2] peers, [0-9]+ handshakes, 0 failed; [0-9]+ sent, [0-9]+ received, 0 errors, 0 crossed; [0-9]+ threads, [0-9]+ fds, [0-9]+ MiB"));
    }

    [TestCase("--datagram-size", "10..100", "'10..100' is no A..B with 32 <= A <= B <= 1300")]
    [TestCase("--lifetime", "9..3", "'9..3' is no A..B")]
    [TestCase("--drop", "101", "--drop is 0 to 100, not '101'")]
    [TestCase("--rate", "0.01", "--rate is 0.1 to 10000, not '0.01'")]
    [TestCase("--peers", "many", "--peers is 1 to 20000, not 'many'")]
    [TestCase("--processes", "3", "--processes is 1 to 2")]
    [CancelAfter(60_000)]
    public void A_bad_option_is_named(string option, string value, string error)
    {
        using ChildProcess process = ChildProcess.StartDotnet("fifodtls-stress", "soak", option, value);

        Assert.That(process.WaitForExit(TimeSpan.FromSeconds(30)), Is.EqualTo(1));
        Assert.That(process.Text(OutputStream.Error), Does.Contain(error));
    }

    private static JsonElement Soak(params string[] options) => Run([.. Short, .. options]);

    private static JsonElement Run(params string[] arguments)
    {
        using ChildProcess process = ChildProcess.StartDotnet("fifodtls-stress", arguments);

        int exitCode = process.WaitForExit(Limit);

        string output = process.Text(OutputStream.Output);
        Assert.That(exitCode, Is.Zero, () => output + process.Text(OutputStream.Error)); // the summary has the seed
        return JsonDocument.Parse(output).RootElement;
    }
}
