using Microsoft.Extensions.Logging;

namespace FifoVpn.Cli;

/// <summary>The least important messages that are logged now. Thread-safe.</summary>
/// <param name="commandLine">What the command line says, which wins over the configuration; null: nothing.</param>
internal sealed class LogLevelSwitch(LogLevel? commandLine)
{
    private volatile LogLevel _level = commandLine ?? LogLevel.Information;

    public LogLevel Level => _level;

    public void Configure(LogLevel configured) => _level = commandLine ?? configured;
}
