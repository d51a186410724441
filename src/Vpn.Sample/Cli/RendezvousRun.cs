using System.Net.Sockets;
using FifoVpn.Rendezvous;
using FifoVpn.Service;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Cli;

/// <summary>Runs a rendezvous server until SIGINT or SIGTERM, wherever its options come from.</summary>
internal static class RendezvousRun
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(2);

    /// <exception cref="ExitException">The UDP address can't be bound.</exception>
    public static ExitCode UntilSignal(RendezvousServerOptions options, ILoggerFactory loggers)
    {
        var inbox = new ServiceInbox();
        using var signals = new ServiceSignals(inbox, reloads: false);
        using var manager = new ServiceManager(loggers.CreateLogger("FifoVpn.Service"));
        using RendezvousServer server = Create(options, loggers);
        manager.Ready(Describe(server));
        TimeSpan interval = manager.WatchdogInterval is { } watchdog && watchdog < StatusInterval ? watchdog : StatusInterval;
        while (!inbox.IsStopping)
        {
            inbox.Take(interval);
            manager.Status(Describe(server));
            if (manager.WatchdogInterval is not null)
            {
                manager.SignOfLife();
            }
        }

        manager.Stopping();
        return ExitCode.Success;
    }

    private static string Describe(RendezvousServer server) => FormattableString.Invariant($"{server.Statistics.Nodes} nodes registered");

    private static RendezvousServer Create(RendezvousServerOptions options, ILoggerFactory loggers)
    {
        try
        {
            return new RendezvousServer(options, loggers);
        }
        catch (SocketException exception)
        {
            throw new ExitException(
                ExitCode.Network, $"listen: the UDP address {options.Listen} can't be bound: {exception.Message}; choose another port or address");
        }
    }
}
