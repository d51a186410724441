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
        Command command = new("up", "Bring a node up on a TUN device (Linux, needs CAP_NET_ADMIN) and run it until SIGINT or SIGTERM") { config, set };
        command.SetAction(result => CommandRunner.Run(
            () => Run(result.GetRequiredValue(config), ConfigOverrides.FromProcess(result.GetRequiredValue(set))), result.InvocationConfiguration.Error));
        return command;
    }

    private static ExitCode Run(string path, ConfigOverrides overrides)
    {
        var inbox = new ServiceInbox();
        using var signals = new ServiceSignals(inbox);
        NodeConfig config = NodeConfig.Load(path, overrides);
        using ILoggerFactory loggers = LogOutput.Create(config.LogLevel);
        using var service = new NodeService(config, inbox, loggers);
        service.Run();
        return ExitCode.Success;
    }
}
