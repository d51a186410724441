using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace FifoDtls.Fuzz;

/// <summary>Runs targets until they have had their inputs, their time is up, or one fails.</summary>
internal sealed class FuzzRun(FuzzSettings settings)
{
    private readonly FuzzRandom _random = new();

    internal int Execute()
    {
        foreach (string name in settings.Targets)
        {
            using FuzzTarget target = FuzzTargets.Create(name);
            using var current = new CurrentInput(name, settings.Output, target.MaxInput, target.Limit);
            bool passed = settings.Replay is null && settings.InputSeed is null ? RunMany(name, target, current) : RunOne(name, target, current);
            current.Remove();
            if (!passed)
            {
                return ExitCode.Failure;
            }
        }

        return ExitCode.Ok;
    }

    private bool RunMany(string name, FuzzTarget target, CurrentInput current)
    {
        var buffer = new MutationBuffer(target.MaxInput);
        var time = Stopwatch.StartNew();
        long done = 0;
        bool passed = true;
        while (passed && done < settings.Inputs && (settings.Time is not { } limit || time.Elapsed < limit))
        {
            ulong seed = FuzzRandom.SeedOf(settings.Seed, done);
            Make(target, buffer, seed);
            passed = Passes(name, target, current, buffer, seed);
            done++;
        }

        target.PublishCounts();
        string counts = string.Join(", ", target.Counts.Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Key} {count.Value:N0}")));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name}: {done:N0} inputs in {time.Elapsed.TotalSeconds:0.0} s, {done / time.Elapsed.TotalSeconds:N0} a second, seed 0x{settings.Seed:x}: {counts}"));
        return passed;
    }

    private bool RunOne(string name, FuzzTarget target, CurrentInput current)
    {
        var buffer = new MutationBuffer(target.MaxInput);
        if (settings.InputSeed is { } seed)
        {
            Make(target, buffer, seed);
        }
        else
        {
            IEnumerable<string> lines = File.ReadLines(settings.Replay!).Where(line => !line.StartsWith('#'));
            buffer.Load(Convert.FromHexString(string.Concat(lines).Replace(" ", "", StringComparison.Ordinal)));
        }

        bool passed = Passes(name, target, current, buffer, settings.InputSeed);
        Console.WriteLine($"{name}: one input of {buffer.Length} bytes {(passed ? "passed" : "failed")}");
        return passed;
    }

    private void Make(FuzzTarget target, MutationBuffer buffer, ulong seed)
    {
        _random.Restart(seed);
        buffer.Load(target.Corpus[_random.Below(target.Corpus.Count)]);
        target.Mutate(buffer, _random);
    }

    private bool Passes(string name, FuzzTarget target, CurrentInput current, MutationBuffer buffer, ulong? seed)
    {
        current.Begin(buffer.Bytes, seed);
        try
        {
            target.Check(buffer.Bytes);
            return true;
        }
        catch (Exception failure) // whatever it is, it is what the program looks for
        {
            Report(name, target, buffer.Bytes, seed, failure);
            return false;
        }
        finally
        {
            current.End();
        }
    }

    private void Report(string name, FuzzTarget target, ReadOnlySpan<byte> input, ulong? seed, Exception failure)
    {
        string hex = Convert.ToHexStringLower(input);
        string origin = seed is { } known ? $"input seed 0x{known:x}, run seed 0x{settings.Seed:x}" : "a replay";
        var text = new StringBuilder($"# fifodtls-fuzz {name}, {origin}\n");
        foreach (string line in $"{failure}\n{target.Transcript}".Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            text.Append("# ").Append(line.TrimEnd()).Append('\n');
        }

        text.Append(hex).Append('\n');
        string file = Path.Combine(settings.Output, $"fuzz-{name}-{seed ?? 0:x16}.hex");
        File.WriteAllText(file, text.ToString());
        Console.Error.WriteLine($"{name}: FAILED, {origin}: {failure.GetType().Name}: {failure.Message}\n{failure.StackTrace}\ninput ({input.Length} bytes, in {file}): {hex}");
    }
}
