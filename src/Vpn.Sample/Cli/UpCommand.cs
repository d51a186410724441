using System.CommandLine;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using FifoDtls;
using FifoVpn.Configuration;
using FifoVpn.Devices;
using FifoVpn.Node;
using FifoVpn.Packets;
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
        NodeConfig config = NodeConfig.Load(path, overrides);
        using ILoggerFactory loggers = LogOutput.Create(config.LogLevel);
        using NodeCredentials credentials = NodeCredentials.Load(config);
        using DtlsContext context = credentials.CreateContext();
        using var end = new ManualResetEventSlim();
        using PosixSignalRegistration onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using IPacketDevice device = OpenDevice(config);
        using VpnNode node = CreateNode(config, config.Name ?? credentials.Identity.Name, context, device, loggers);
        DeviceException? failure = null;
        node.DeviceFailed = exception =>
        {
            failure = exception;
            end.Set();
        };
        foreach (string warning in config.Warnings.Concat(credentials.Warnings))
        {
            VpnLogger.ConfigurationWarning(loggers.CreateLogger("FifoVpn"), warning);
        }

        node.Start();
        end.Wait();
        return failure is null ? ExitCode.Success : throw failure;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true; // the node is taken down in order
            end.Set();
        }
    }

    private static TunDevice OpenDevice(NodeConfig config)
    {
        TunDevice device = TunDevice.Open(config.Device, config.Mtu ?? VpnNodeOptions.DefaultMtu);
        try
        {
            using var link = new LinkConfigurator(device.Name);
            link.DisableLinkLocalAddress();
            foreach (InterfaceAddress address in config.Addresses)
            {
                link.AddAddress(address);
            }

            link.SetUp();
            foreach (IpPrefix prefix in config.PrefixesToRoute)
            {
                link.AddRoute(prefix); // goes with the device
            }

            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    private static VpnNode CreateNode(NodeConfig config, string name, DtlsContext context, IPacketDevice device, ILoggerFactory loggers)
    {
        try
        {
            return new VpnNode(
                new VpnNodeOptions
                {
                    Name = name,
                    Listen = config.Listen,
                    Context = context,
                    Peers = config.Peers,
                },
                device,
                loggers);
        }
        catch (SocketException exception)
        {
            throw new ExitException(
                ExitCode.Network, $"listen: the UDP address {config.Listen} can't be bound: {exception.Message}; choose another port or address");
        }
    }
}
