using System.Net.Sockets;
using FifoVpn.Configuration;
using FifoVpn.Rendezvous;
using FifoVpn.Service;
using FifoVpn.Status;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Cli;

/// <summary>Runs a rendezvous server until SIGINT or SIGTERM, wherever its options come from.</summary>
internal static class RendezvousRun
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(2);

    /// <param name="config">Where the server can be asked.</param>
    /// <param name="inbox">Where signals leave word.</param>
    /// <param name="reloader">Makes what reloads for the server.</param>
    /// <exception cref="ExitException">The UDP address can't be bound.</exception>
    /// <exception cref="ConfigException">A socket that the configuration asks for can't be made.</exception>
    public static ExitCode UntilSignal(RendezvousServerOptions options, RendezvousServerConfig config, ServiceInbox inbox, Func<RendezvousServer, ILogger, RendezvousReload> reloader, ILoggerFactory loggers)
    {
        ILogger logger = loggers.CreateLogger("FifoVpn.Service");
        using var manager = new ServiceManager(logger);
        using RendezvousServer server = Create(options, loggers);
        using StatusServer? status = StatusServer.TryOpen(
            config.StatusSocket, RendezvousServerKeys.DefaultStatusSocket, path => new StatusServer(path, server, logger), logger);
        using MetricsServer? metrics = config.Metrics is { } local ? new MetricsServer(local, server, logger) : null;
        RendezvousReload reload = reloader(server, logger);
        status?.Start();
        metrics?.Start();
        manager.Ready(Describe(server));
        TimeSpan interval = manager.WatchdogInterval is { } watchdog && watchdog < StatusInterval ? watchdog : StatusInterval;
        while (!inbox.IsStopping)
        {
            if (inbox.Take(interval).HasFlag(ServiceRequests.Reload))
            {
                manager.Reloading();
                reload.Reload();
                manager.Ready(Describe(server));
            }

            reload.LookAtLists();
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
