using System.ComponentModel;
using System.Diagnostics;
using FifoVpn.Configuration;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Service;

/// <summary>Runs the programs that the configuration names, with what they need to know in their environment. Blocking; not thread-safe.</summary>
/// <param name="environment">FIFOVPN_… variables for the programs.</param>
/// <param name="isStopping">Looked at while the up hook runs: true cuts it short.</param>
internal sealed class HookRunner(IReadOnlyDictionary<string, string> environment, Func<bool> isStopping, ILogger logger)
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(50);

    /// <summary>How long the output may stay open after the program's end: only what it has left behind can hold it.</summary>
    private static readonly TimeSpan OutputLimit = TimeSpan.FromSeconds(1);

    /// <summary>After that time a program is killed, with all that it has started.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The variables for the hooks of a node.</summary>
    public static IReadOnlyDictionary<string, string> EnvironmentOf(NodeConfig config, string name, string device, int mtu) => new Dictionary<string, string>
    {
        ["FIFOVPN_NAME"] = name,
        ["FIFOVPN_DEVICE"] = device,
        ["FIFOVPN_ADDRESSES"] = string.Join(' ', config.Addresses),
        ["FIFOVPN_MTU"] = FormattableString.Invariant($"{mtu}"),
    };

    /// <summary>Runs the hook, if there is one, and logs what it prints.</summary>
    /// <returns>Null when all went well; else what went wrong, in one line.</returns>
    public string? Run(HookEvent what, IReadOnlyList<string>? command)
    {
        if (command is null)
        {
            return null;
        }

        string key = what == HookEvent.Up ? "up" : "down";
        try
        {
            using Process process = Start(key, command);
            process.StandardInput.Close();
            Thread output = Follow(process.StandardOutput, key, LogLevel.Information);
            Thread error = Follow(process.StandardError, key, LogLevel.Warning);
            string? failure = Wait(process, what == HookEvent.Up);
            if (!output.Join(OutputLimit) || !error.Join(OutputLimit))
            {
                ServiceLogger.HookLeftOutputOpen(logger, key);
            }

            return failure is null ? null : $"hooks.{key}: {command[0]} {failure}";
        }
        catch (Win32Exception exception)
        {
            return $"hooks.{key}: {command[0]} can't be run: {exception.Message}";
        }
    }

    private Process Start(string key, IReadOnlyList<string> command)
    {
        ProcessStartInfo start = new(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["FIFOVPN_EVENT"] = key;
        foreach (string own in ServiceManager.Variables)
        {
            start.Environment.Remove(own); // a hook must not speak for the service
        }

        return Process.Start(start)!;
    }

    /// <returns>What went wrong, or null.</returns>
    private string? Wait(Process process, bool canBeCut)
    {
        long start = Stopwatch.GetTimestamp();
        while (!process.WaitForExit(Slice))
        {
            bool late = Stopwatch.GetElapsedTime(start) > Limit;
            if (late || (canBeCut && isStopping()))
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
                return late ? $"was killed, as it had not ended after {Limit.TotalSeconds:0.###} s" : "was killed, as the node is stopping";
            }
        }

        return process.ExitCode == 0 ? null : $"ended with exit code {process.ExitCode}";
    }

    private Thread Follow(StreamReader stream, string key, LogLevel level)
    {
        Thread thread = new(() =>
        {
            try
            {
                while (stream.ReadLine() is { } line)
                {
                    ServiceLogger.HookOutput(logger, level, key, line);
                }
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // Nobody waits for the rest: the program is gone, and what it has left behind goes on printing.
            }
        })
        { IsBackground = true, Name = $"hook-{key}" };
        thread.Start();
        return thread;
    }
}
