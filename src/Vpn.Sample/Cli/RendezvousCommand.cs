using System.CommandLine;
using FifoDtls;
using FifoVpn.Configuration;
using FifoVpn.Node;
using FifoVpn.Rendezvous;
using FifoVpn.Service;
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
        Command command = new("rendezvous", "Introduce nodes to each other, and relay between those that can't reach each other, until SIGINT or SIGTERM; SIGHUP reloads; needs no privileges") { config, set, level, format };
        command.SetAction(result => CommandRunner.Run(
            () =>
            {
                ConfigOverrides overrides = ConfigOverrides.FromProcess(result.GetRequiredValue(set));
                string path = result.GetRequiredValue(config);
                return Run(() => RendezvousServerConfig.Load(path, overrides), result.GetValue(level), result.GetValue(format));
            },
            result.InvocationConfiguration.Error));
        return command;
    }

    private static ExitCode Run(Func<RendezvousServerConfig> load, LogLevel? level, LogFormat? format)
    {
        var inbox = new ServiceInbox();
        using var signals = new ServiceSignals(inbox);
        RendezvousServerConfig config = load();
        var logLevel = new LogLevelSwitch(level);
        logLevel.Configure(config.LogLevel);
        using ILoggerFactory loggers = LogOutput.Create(logLevel, format ?? config.LogFormat);
        var files = new RevocationFiles(config.RevocationListPaths); // before they are read: no change is missed
        using NodeCredentials credentials = NodeCredentials.Load(config);
        using DtlsContext context = credentials.CreateContext();
        foreach (string warning in config.Warnings.Concat(credentials.Warnings))
        {
            VpnLogger.ConfigurationWarning(loggers.CreateLogger("FifoVpn"), warning);
        }

        return RendezvousRun.UntilSignal(
            OptionsOf(config, config.Name ?? credentials.Identity.Name, context),
            config,
            inbox,
            (server, logger) => new RendezvousReload(config, files, load, context, server, logLevel, logger),
            loggers);
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
