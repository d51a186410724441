using System.CommandLine;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace FifoDtls.Benchmarks;

/// <summary>The command line of <c>micro</c>: the small benchmarks, by BenchmarkDotNet.</summary>
internal static class MicroCommand
{
    internal static Command Create()
    {
        var filter = new Option<string>("--filter") { HelpName = "PATTERN", Description = "Which benchmarks, as *Cookie*.", DefaultValueFactory = _ => "*" };
        var quick = new Option<bool>("--quick") { Description = "One call of each: shows that they work, and measures nothing." };
        var folder = new Option<string?>("--output") { HelpName = "FOLDER", Description = "For BenchmarkDotNet's reports. Default: none are written." };
        var command = new Command("micro", "What single steps cost, in time and in allocated bytes: FIFO, records, handshakes, demultiplexing, cookies. By BenchmarkDotNet, in this process.")
        {
            filter, quick, folder,
        };
        command.SetAction(parsed => Run(parsed.GetValue(filter)!, parsed.GetValue(quick), parsed.GetValue(folder)));
        return command;
    }

    private static int Run(string filter, bool quick, string? folder)
    {
        Job job = (quick ? Job.Dry : Job.Default).WithToolchain(InProcessEmitToolchain.Instance);
        using var temporary = folder is null ? new TestSupport.TempDirectory() : null;
        ManualConfig config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(folder ?? temporary!.FullPath)
            .WithOptions(ConfigOptions.DisableLogFile);
        if (folder is not null)
        {
            config.AddExporter(MarkdownExporter.GitHub);
        }

        Summary[] summaries = [.. BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(["--filter", filter], config)];
        int reports = summaries.Sum(summary => summary.Reports.Length);
        bool failed = reports == 0 || summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success));
        return failed ? throw new CommandFailure(ExitCode.Internal, "No benchmark ran, or one failed; what stands above says why.") : ExitCode.Ok;
    }
}
