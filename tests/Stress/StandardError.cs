using Microsoft.Extensions.Logging;

namespace FifoDtls.Stress;

/// <summary>The log on stderr: stdout carries only what the peer sent.</summary>
internal static class StandardError
{
    internal static ILoggerFactory CreateLogger(LogLevel level) => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(level)
        .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
        .AddSimpleConsole(format => format.SingleLine = true));
}
