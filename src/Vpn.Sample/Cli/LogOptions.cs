using System.CommandLine;
using FifoVpn.Configuration;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Cli;

/// <summary>The options about the log of all commands that read a configuration; they win over it.</summary>
internal static class LogOptions
{
    public static Option<LogLevel?> Level() => new("--log-level") { Description = "The least important messages that are logged, in the place of the configuration's logLevel", HelpName = "LEVEL" };

    public static Option<LogFormat?> Format() => new("--log-format") { Description = "Log lines as text or json, in the place of the configuration's logFormat", HelpName = "FORMAT" };
}
