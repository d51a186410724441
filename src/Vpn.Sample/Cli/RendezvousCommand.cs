using System.CommandLine;
using FifoDtls;
using FifoVpn.Configuration;
using FifoVpn.Node;
using FifoVpn.Rendezvous;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Cli;

/// <summary>fifovpn rendezvous: where nodes find each other, until SIGINT or SIGTERM.</summary>
internal static class RendezvousCommand
{
    public static Command Create()
    {
        Option<string> config = ConfigOptions.File("The rendezvous server's configuration, a JSON file");
        Option<string[]> set = ConfigOptions.Set();
        Option<LogLevel?> level = LogOptions.Level();
        Option<LogFormat?> format = LogOptions.Format();
        Command command = new("rendezvous", "Introduce nodes to each other, and relay between those that can't reach each other, until SIGINT or SIGTERM; needs no privileges") { config, set, level, format };
        command.SetAction(result => CommandRunner.Run(
            () => Run(result.GetRequiredValue(config), ConfigOverrides.FromProcess(result.GetRequiredValue(set)), result.GetValue(level), result.GetValue(format)),
            result.InvocationConfiguration.Error));
        return command;
    }

    private static ExitCode Run(string path, ConfigOverrides overrides, LogLevel? level, LogFormat? format)
    {
        RendezvousServerConfig config = RendezvousServerConfig.Load(path, overrides);
        using ILoggerFactory loggers = LogOutput.Create(new LogLevelSwitch(level ?? config.LogLevel), format ?? config.LogFormat);
        using NodeCredentials credentials = NodeCredentials.Load(config);
        using DtlsContext context = credentials.CreateContext();
        foreach (string warning in config.Warnings.Concat(credentials.Warnings))
        {
            VpnLogger.ConfigurationWarning(loggers.CreateLogger("FifoVpn"), warning);
        }

        return RendezvousRun.UntilSignal(OptionsOf(config, config.Name ?? credentials.Identity.Name, context), config.Metrics, loggers);
    }

    private static RendezvousServerOptions OptionsOf(RendezvousServerConfig config, string name, DtlsContext context) => new()
    {
        Name = name,
        Listen = config.Listen,
        Context = context,
        MaxNodes = config.MaxNodes,
        RequestsPerSecond = config.RequestsPerSecond,
        Relay = config.Relay,
        RelayBytesPerSecond = config.RelayRateLimit,
        Keepalive = config.Keepalive,
    };
}
