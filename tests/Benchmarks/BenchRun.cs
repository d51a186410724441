using System.Diagnostics;
using System.Text.Json;

namespace FifoDtls.Benchmarks;

/// <summary>Runs the rounds of a benchmark and prints what came of it.</summary>
internal static class BenchRun
{
    private const int Interrupted = 130; // 128 + SIGINT, as shells have it

    /// <returns>The exit code. Interrupted, it prints the rounds that are complete.</returns>
    internal static int Execute(BenchSettings settings, Func<IBenchmark> create)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new CommandFailure(ExitCode.Usage, "The benchmarks read /proc, which only Linux has.");
        }

        using var signals = new TerminationSignals();
        using IBenchmark benchmark = create();
        double loadBefore = Machine.Load;
        int rounds = 0;
        try
        {
            Tell("warming up");
            benchmark.WarmUp(signals.Received);
            for (; rounds < settings.Rounds; rounds++)
            {
                long start = Stopwatch.GetTimestamp();
                benchmark.Round(signals.Received);
                Tell($"round {rounds + 1} of {settings.Rounds} took {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
            }
        }
        catch (OperationCanceledException)
        {
            Tell("interrupted");
        }

        Print(settings, benchmark, rounds, loadBefore);
        return rounds == settings.Rounds ? ExitCode.Ok : Interrupted;
    }

    /// <summary>Lets a measurement run.</summary>
    /// <exception cref="OperationCanceledException">Interrupted.</exception>
    internal static void Pass(TimeSpan time, CancellationToken interrupted)
    {
        interrupted.WaitHandle.WaitOne(time);
        interrupted.ThrowIfCancellationRequested();
    }

    private static void Print(BenchSettings settings, IBenchmark benchmark, int rounds, double loadBefore)
    {
        Machine machine = Machine.Current;
        string summary = FormattableString.Invariant(
            $"Medians of {rounds} rounds of {settings.Sample.TotalSeconds:0.###} s; in brackets the median of the rounds' ratios. {machine}; load {loadBefore:0.0} before, {Machine.Load:0.0} after.");
        Console.WriteLine($"{benchmark.Method}\n{summary}\n");
        foreach (Comparison comparison in benchmark.Comparisons)
        {
            Console.WriteLine(comparison.ToMarkdown());
        }

        if (settings.Json is { } file)
        {
            var report = new { benchmark.Method, Rounds = rounds, Seconds = settings.Sample.TotalSeconds, Machine = machine, LoadBefore = loadBefore, LoadAfter = Machine.Load, Comparisons = benchmark.Comparisons.Select(comparison => comparison.ToReport()) };
            File.WriteAllText(file, JsonSerializer.Serialize(report, SoakJson.Printed) + "\n");
        }
    }

    private static void Tell(string what) => Console.Error.WriteLine("fifodtls-bench: " + what);
}
