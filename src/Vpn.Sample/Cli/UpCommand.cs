using System.CommandLine;
using FifoVpn.Configuration;
using FifoVpn.Service;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Cli;

/// <summary>fifovpn up: a node on a real TUN device, until SIGINT or SIGTERM.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        Option<string> config = ConfigOptions.File("The node's configuration, a JSON file");
        Option<string[]> set = ConfigOptions.Set();
        Option<LogLevel?> level = LogOptions.Level();
        Option<LogFormat?> format = LogOptions.Format();
        Command command = new("up", "Bring a node up on a TUN device (Linux, needs CAP_NET_ADMIN) and run it until SIGINT or SIGTERM; SIGHUP reloads") { config, set, level, format };
        command.SetAction(result => CommandRunner.Run(
            () =>
            {
                ConfigOverrides overrides = ConfigOverrides.FromProcess(result.GetRequiredValue(set));
                string path = result.GetRequiredValue(config);
                return Run(() => NodeConfig.Load(path, overrides), result.GetValue(level), result.GetValue(format));
            },
            result.InvocationConfiguration.Error));
        return command;
    }

    private static ExitCode Run(Func<NodeConfig> load, LogLevel? level, LogFormat? format)
    {
        var inbox = new ServiceInbox();
        using var signals = new ServiceSignals(inbox);
        NodeConfig config = load();
        var logLevel = new LogLevelSwitch(level);
        logLevel.Configure(config.LogLevel);
        using ILoggerFactory loggers = LogOutput.Create(logLevel, format ?? config.LogFormat);
        using var manager = new ServiceManager(loggers.CreateLogger("FifoVpn.Service"));
        using var service = new NodeService(config, load, inbox, manager, logLevel, loggers);
        service.Run();
        return ExitCode.Success;
    }
}
