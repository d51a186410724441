using FifoVpn.Configuration;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Cli;

/// <summary>Where the programs' logs go: one line each, to standard error.</summary>
internal static class LogOutput
{
    private const string Timestamp = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static ILoggerFactory Create(LogLevel level) => Create(new LogLevelSwitch(level), LogFormat.Text);

    /// <param name="level">Looked at for each message.</param>
    public static ILoggerFactory Create(LogLevelSwitch level, LogFormat format) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(LogLevel.Trace).AddFilter((_, _, message) => message >= level.Level);
        builder.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (format == LogFormat.Json)
        {
            builder.AddJsonConsole(console =>
            {
                console.TimestampFormat = Timestamp;
                console.UseUtcTimestamp = true;
            });
        }
        else
        {
            builder.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = $"{Timestamp} ";
                console.UseUtcTimestamp = true;
            });
        }
    });
}
