using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>A short run of every target of <c>fifodtls-fuzz</c>, with a new seed each time; it is in the output. Long runs are in docs/reliability.md.</summary>
public sealed class FuzzProgramTests
{
    private const string Program = "fifodtls-fuzz";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);
    private static readonly string[] Targets = ["config", "control", "handshake", "hello", "packets", "pki", "records"];

    [Test, CancelAfter(180_000)]
    public void No_target_fails_within_seconds()
    {
        using TempDirectory folder = new();
        using ChildProcess fuzz = ChildProcess.StartDotnet(Program, "all", "--inputs", "1000000", "--seconds", "2.5", "--output", folder.FullPath);

        int exitCode = fuzz.WaitForExit(Limit);

        string all = fuzz.Text(OutputStream.Output) + fuzz.Text(OutputStream.Error);
        TestContext.Out.WriteLine(all);
        Assert.That(exitCode, Is.Zero, all);
        Assert.That(fuzz.Lines(OutputStream.Output).Select(line => line.Split(':')[0]), Is.EqualTo(Targets));
        Assert.That(Directory.GetFiles(folder.FullPath), Is.Empty, "nothing is left of a run in which nothing failed");
    }

    [Test, CancelAfter(90_000)]
    public void A_seed_makes_the_same_input_again_and_hexadecimal_is_replayed()
    {
        using TempDirectory folder = new();
        string file = folder.Write("input.hex", "# a comment\n450000");

        using ChildProcess seeded = ChildProcess.StartDotnet(Program, "packets", "--seed-of-input", "0x1234", "--output", folder.FullPath);
        using ChildProcess again = ChildProcess.StartDotnet(Program, "packets", "--seed-of-input", "4660", "--output", folder.FullPath);
        using ChildProcess replay = ChildProcess.StartDotnet(Program, "packets", "--replay", file, "--output", folder.FullPath);

        Assert.That(seeded.WaitForExit(Limit), Is.Zero);
        Assert.That(again.WaitForExit(Limit), Is.Zero);
        Assert.That(replay.WaitForExit(Limit), Is.Zero);
        Assert.That(again.Text(OutputStream.Output), Is.EqualTo(seeded.Text(OutputStream.Output)).And.Matches("^packets: one input of [0-9]+ bytes passed\n$"));
        Assert.That(replay.Text(OutputStream.Output), Is.EqualTo("packets: one input of 3 bytes passed\n"));
    }

    [Test, CancelAfter(90_000)]
    public void Help_names_the_targets()
    {
        using ChildProcess fuzz = ChildProcess.StartDotnet(Program, "--help");

        Assert.That(fuzz.WaitForExit(Limit), Is.Zero);
        Assert.That(fuzz.Text(OutputStream.Output), Does.Contain(string.Join(", ", Targets)));
    }

    [TestCase("", "argument")]
    [TestCase("nothing", "There is no target")]
    [TestCase("all --seed-of-input 1", "need one target")]
    [TestCase("hello --seed x", "no number")]
    [TestCase("hello --inputs x", "--inputs is 1 and up, not 'x'")]
    [TestCase("hello --seconds 0", "--seconds is 0.1 to 1000000, not '0'")]
    [TestCase("hello --inputs 0", "1 and up"), CancelAfter(90_000)]
    public void Wrong_usage_is_told(string arguments, string expected)
    {
        using ChildProcess fuzz = ChildProcess.StartDotnet(Program, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.That(fuzz.WaitForExit(Limit), Is.EqualTo(2));
        Assert.That(fuzz.Text(OutputStream.Error), Does.StartWith("fifodtls-fuzz: ").And.Contains(expected));
    }
}
