using System.CommandLine;
using System.CommandLine.Parsing;
using Microsoft.Extensions.Logging;

namespace FifoDtls.Stress;

/// <summary>Options that the commands have in common.</summary>
internal static class CommonOptions
{
    internal static Option<string?> File(string name, string description) => new(name) { HelpName = "FILE", Description = description };

    internal static Option<LogLevel> LogLevel(LogLevel defaultLevel)
    {
        var option = new Option<LogLevel>("--log-level")
        {
            HelpName = "LEVEL",
            Description = "The least severe log lines to write to stderr: trace, debug, information, warning, error, critical or none.",
            DefaultValueFactory = _ => defaultLevel,
        };
        option.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, Enum.GetNames<LogLevel>());
        return option;
    }

    /// <summary>A time in seconds, with fractions.</summary>
    internal static Option<double?> Seconds(string name, string description, double min, double max) => new(name)
    {
        HelpName = "SECONDS",
        Description = $"{description} {min} to {max}.",
        CustomParser = result => NumberOption.Parse(result, min, max),
    };

    /// <summary>An error unless both options are given, or neither.</summary>
    internal static void RequireTogether(CommandResult result, Option first, Option second)
    {
        bool hasFirst = result.GetResult(first) is not null;
        bool hasSecond = result.GetResult(second) is not null;
        if (hasFirst != hasSecond)
        {
            (Option given, Option missing) = hasFirst ? (first, second) : (second, first);
            result.AddError($"{given.Name} needs {missing.Name}.");
        }
    }
}
