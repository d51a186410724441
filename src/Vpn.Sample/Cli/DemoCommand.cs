using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using FifoVpn.Demo;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Cli;

/// <summary>fifovpn demo: a whole network in one process.</summary>
internal static class DemoCommand
{
    private const int MinSeconds = 1;
    private const int MaxSeconds = 8;
    private const int DefaultSeconds = 4;

    public static Command Create()
    {
        Option<int> seconds = new("--seconds")
        {
            Description = $"How long the bulk flows run: {MinSeconds} to {MaxSeconds}",
            DefaultValueFactory = _ => DefaultSeconds,
            HelpName = "S",
            CustomParser = ParseSeconds,
        };
        Option<LogLevel> logLevel = new("--log-level") { Description = "What the nodes log", DefaultValueFactory = _ => LogLevel.Warning };
        Command command = new("demo", "Show an encrypted network of three nodes in this process; needs no root, no files, no set-up") { seconds, logLevel };
        command.SetAction(result => CommandRunner.Run(
            () =>
            {
                using ILoggerFactory loggers = LogOutput.Create(result.GetValue(logLevel));
                new DemoRun(result.InvocationConfiguration.Output, TimeSpan.FromSeconds(result.GetValue(seconds))).Run(loggers);
                return ExitCode.Success;
            },
            result.InvocationConfiguration.Error));
        return command;
    }

    private static int ParseSeconds(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) || seconds is < MinSeconds or > MaxSeconds)
        {
            result.AddError($"--seconds: \"{text}\" is not a whole number from {MinSeconds} to {MaxSeconds}");
        }

        return seconds;
    }
}
