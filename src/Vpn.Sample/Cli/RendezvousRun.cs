using System.Net.Sockets;
using System.Runtime.InteropServices;
using FifoVpn.Rendezvous;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Cli;

/// <summary>Runs a rendezvous server until SIGINT or SIGTERM, wherever its options come from.</summary>
internal static class RendezvousRun
{
    /// <exception cref="ExitException">The UDP address can't be bound.</exception>
    public static ExitCode UntilSignal(RendezvousServerOptions options, ILoggerFactory loggers)
    {
        using var end = new ManualResetEventSlim();
        using PosixSignalRegistration onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using RendezvousServer server = Create(options, loggers);
        end.Wait();
        return ExitCode.Success;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true; // the server is taken down in order
            end.Set();
        }
    }

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
