using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace FifoDtls.Stress;

/// <summary>The server in a child process, and what that process does.</summary>
internal sealed class ChildSoakServer : ISoakServerHost
{
    private readonly Process _process;

    internal ChildSoakServer(int peers, TimeSpan idleTimeout, bool offload, TimeSpan duration)
    {
        string[] self = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(ChildSoakServer).Assembly.Location] : [];
        string[] arguments =
        [
            .. self, SoakCommand.ServerName, "--peers", peers.ToString(CultureInfo.InvariantCulture), "--idle", idleTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            "--duration", duration.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            .. offload ? (string[])[] : [SoakCommand.NoOffloadName],
        ];
        _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Address = IPEndPoint.TryParse(_process.StandardOutput.ReadLine() ?? "", out IPEndPoint? address)
            ? address
            : throw new CommandFailure(ExitCode.Internal, "The server's process did not start; what it wrote to stderr says why.");
    }

    public IPEndPoint Address { get; }

    public SoakServerReport Finish()
    {
        _process.StandardInput.Close();
        string? line = _process.StandardOutput.ReadLine();
        return line is null
            ? throw new CommandFailure(ExitCode.Internal, "The server's process ended without a report; what it wrote to stderr says why.")
            : JsonSerializer.Deserialize<SoakServerReport>(line, SoakJson.Line)!;
    }

    public void Dispose()
    {
        if (!_process.WaitForExit(SoakTimes.Shutdown))
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.StandardInput.Dispose();
        _process.StandardOutput.Dispose();
        _process.Dispose();
    }

    /// <summary>The child: says where it listens, serves to the end of its input, and prints its report in one line.</summary>
    internal static void Run(int peers, TimeSpan idleTimeout, bool offload, TimeSpan duration)
    {
        using var signals = new TerminationSignals(); // Ctrl+C reaches the child too: the parent decides when it ends
        (TextReader input, TextWriter output) = (Console.In, Console.Out); // they open descriptors, which belong to the baseline
        SoakRun.WarmUp();
        var watch = new ResourceWatch(duration);
        SoakServerReport report;
        using (var server = new SoakServer(peers, idleTimeout, offload))
        {
            output.WriteLine(server.Endpoint.LocalEndPoint);
            input.ReadToEnd();
            watch.Stop();
            report = server.Finish();
        }

        output.WriteLine(JsonSerializer.Serialize(report with { Resources = watch.Finish() }, SoakJson.Line));
    }
}
