using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace FifoDtls.TestSupport;

/// <summary>
/// A program under test or a tool: started with its arguments as given (no shell), its output captured line by line, killed with all its
/// descendants at <see cref="Dispose"/> at the latest. Every wait has a limit and fails with everything printed so far.
/// </summary>
public sealed class ChildProcess : IDisposable
{
    /// <summary>The signal of Ctrl+C.</summary>
    public const int SigInt = 2;

    /// <summary>The signal that ends a process at once; it cannot be handled.</summary>
    public const int SigKill = 9;

    /// <summary>The signal that asks a process to end.</summary>
    public const int SigTerm = 15;

    /// <summary>How long the streams may stay open after the process is gone; only descendants can keep them open.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly LineCapture _output;
    private readonly LineCapture _error;
    private bool _disposed;

    private ChildProcess(ProcessStartInfo start)
    {
        Command = $"{start.FileName} {string.Join(' ', start.ArgumentList)}".TrimEnd();
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception fault)
        {
            throw new AssertionException($"`{Command}` cannot be started: {fault.Message}", fault);
        }

        _process.StandardInput.AutoFlush = true;
        _output = new LineCapture($"stdout of {Command}", _process.StandardOutput);
        _error = new LineCapture($"stderr of {Command}", _process.StandardError);
    }

    /// <summary>The program and its arguments, for messages.</summary>
    public string Command { get; }

    /// <summary>The process id; inside a network namespace too it is that of the program itself.</summary>
    public int Id => _process.Id;

    /// <summary>Whether the process has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts <paramref name="program"/> (found on the PATH).</summary>
    public static ChildProcess Start(string program, params string[] arguments) => Start(new ChildProcessOptions(), program, arguments);

    /// <summary>Starts <paramref name="program"/> (found on the PATH) as <paramref name="options"/> say.</summary>
    public static ChildProcess Start(ChildProcessOptions options, string program, params string[] arguments)
    {
        string[] command = options.NetworkNamespace is { } name
            ? ["ip", "netns", "exec", name, "env", "--default-signal=HUP", program, .. arguments] // a test run under nohup would hand on that SIGHUP is ignored
            : [program, .. arguments];
        UTF8Encoding encoding = new(encoderShouldEmitUTF8Identifier: false);
        ProcessStartInfo start = new(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = encoding,
            StandardOutputEncoding = encoding,
            StandardErrorEncoding = encoding,
            WorkingDirectory = options.WorkingDirectory ?? "",
        };
        foreach ((string variable, string? value) in options.Environment)
        {
            if (value is null)
            {
                start.Environment.Remove(variable);
            }
            else
            {
                start.Environment[variable] = value;
            }
        }

        return new ChildProcess(start);
    }

    /// <summary>
    /// Starts the .NET program <paramref name="assemblyName"/> (such as <c>fifovpn</c>) that a ProjectReference has put beside the tests; or, of <c>fifovpn</c>, the published
    /// program that the environment variable <c>FIFODTLS_FIFOVPN</c> names.
    /// </summary>
    public static ChildProcess StartDotnet(string assemblyName, params string[] arguments) =>
        StartDotnet(new ChildProcessOptions(), assemblyName, arguments);

    /// <summary>The same as <see cref="StartDotnet(string, string[])"/>, as <paramref name="options"/> say.</summary>
    public static ChildProcess StartDotnet(ChildProcessOptions options, string assemblyName, params string[] arguments)
    {
        string[] command = DotnetCommand(assemblyName);
        return Start(options, command[0], [.. command[1..], .. arguments]);
    }

    /// <summary>The words that start a .NET program, for a command that starts it: see <see cref="StartDotnet(string, string[])"/>.</summary>
    public static string[] DotnetCommand(string assemblyName)
    {
        if (assemblyName == "fifovpn" && Environment.GetEnvironmentVariable("FIFODTLS_FIFOVPN") is { Length: > 0 } published)
        {
            return [Path.GetFullPath(published)];
        }

        string program = Path.Combine(AppContext.BaseDirectory, assemblyName);
        foreach (string extension in (string[])[".dll", ".runtimeconfig.json", ".deps.json"])
        {
            if (!File.Exists(program + extension))
            {
                throw new AssertionException($"{program}{extension} is missing: the test project needs a ProjectReference to the program.");
            }
        }

        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return [host, program + ".dll"];
    }

    /// <summary>Runs a .NET program to its end; see <see cref="StartDotnet(string, string[])"/> and <see cref="Run(TimeSpan, string, string[])"/>.</summary>
    public static ProcessResult RunDotnet(TimeSpan limit, string assemblyName, params string[] arguments) =>
        RunDotnet(new ChildProcessOptions(), limit, assemblyName, arguments);

    /// <summary>The same as <see cref="RunDotnet(TimeSpan, string, string[])"/>, as <paramref name="options"/> say.</summary>
    public static ProcessResult RunDotnet(ChildProcessOptions options, TimeSpan limit, string assemblyName, params string[] arguments)
    {
        string[] command = DotnetCommand(assemblyName);
        return Run(options, limit, command[0], [.. command[1..], .. arguments]);
    }

    /// <summary>Runs a program to its end; fails with its output when that takes longer than <paramref name="limit"/>.</summary>
    public static ProcessResult Run(TimeSpan limit, string program, params string[] arguments) =>
        Run(new ChildProcessOptions(), limit, program, arguments);

    /// <summary>The same as <see cref="Run(TimeSpan, string, string[])"/>, as <paramref name="options"/> say.</summary>
    public static ProcessResult Run(ChildProcessOptions options, TimeSpan limit, string program, params string[] arguments)
    {
        using ChildProcess child = Start(options, program, arguments);
        child.CloseInput();
        int exitCode = child.WaitForExit(limit);
        return new ProcessResult(child.Command, exitCode, child.Text(OutputStream.Output), child.Text(OutputStream.Error));
    }

    /// <summary>The lines printed so far.</summary>
    public IReadOnlyList<string> Lines(OutputStream stream) => Capture(stream).Lines;

    /// <summary>All text printed so far.</summary>
    public string Text(OutputStream stream) => Capture(stream).Text;

    /// <summary>
    /// Waits for a line that matches. Each call looks at the lines after the last match on that stream, so that equal lines can be awaited
    /// one by one; <paramref name="fromStart"/> looks at all lines.
    /// </summary>
    public Match WaitForLine(OutputStream stream, string pattern, TimeSpan limit, bool fromStart = false)
    {
        LineCapture capture = Capture(stream);
        Match? match = capture.WaitForLine(new Regex(pattern, RegexOptions.CultureInvariant), limit, fromStart);
        if (match is null)
        {
            string when = capture.HasEnded ? "until its end" : $"within {limit.TotalSeconds:0.###} s";
            throw Failure($"printed no line like /{pattern}/ on standard {stream.ToString().ToLowerInvariant()} {when}");
        }

        return match;
    }

    /// <summary>Writes a line to the standard input of the process.</summary>
    public void WriteLine(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
        }
        catch (IOException fault)
        {
            throw Failure($"did not take the input line '{line}' ({fault.Message})");
        }
    }

    /// <summary>Closes the standard input of the process: it reads an end of file.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Sends a signal to the process itself, not to its descendants.</summary>
    public void Signal(int signal)
    {
        if (_process.HasExited)
        {
            throw Failure($"had ended before signal {signal} could be sent");
        }

        if (Interop.Libc.Kill(Id, signal) != 0)
        {
            throw Failure($"did not get signal {signal} ({Marshal.GetLastPInvokeErrorMessage()})");
        }
    }

    /// <summary>
    /// Waits for the end and returns the exit code (128 + the number of the signal when one ended it). After <paramref name="limit"/> the
    /// process is killed and the test fails with all output.
    /// </summary>
    public int WaitForExit(TimeSpan limit)
    {
        if (!_process.WaitForExit(limit))
        {
            AssertionException failure = Failure($"did not end within {limit.TotalSeconds:0.###} s and was killed");
            Kill();
            throw failure;
        }

        Drain();
        return _process.ExitCode;
    }

    /// <summary>Kills the process and its descendants, if they still run.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Kill();
            _process.Dispose();
        }
    }

    private LineCapture Capture(OutputStream stream) => stream == OutputStream.Output ? _output : _error;

    private void Kill()
    {
        _process.Kill(entireProcessTree: true);
        if (!_process.WaitForExit(DrainLimit))
        {
            throw Failure("outlived SIGKILL");
        }

        Drain();
    }

    /// <summary>The last lines may still be in the pipes when the process is gone.</summary>
    private void Drain()
    {
        if (!_output.WaitForEnd(DrainLimit) || !_error.WaitForEnd(DrainLimit))
        {
            TestContext.Error.WriteLine($"`{Command}` ended, but a descendant of it still holds its output.");
        }
    }

    private AssertionException Failure(string what)
    {
        string state = _process.HasExited ? $"exited with {_process.ExitCode}" : "still running";
        return new AssertionException(
            $"`{Command}` ({state}) {what}.\n--- standard output\n{_output.Text}--- standard error\n{_error.Text}---");
    }
}
