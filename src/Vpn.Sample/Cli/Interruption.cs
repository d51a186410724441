using System.Runtime.InteropServices;

namespace FifoVpn.Cli;

/// <summary>SIGINT and SIGTERM as something to wait for, so that a command can finish its output.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly ManualResetEventSlim _interrupted = new();
    private readonly PosixSignalRegistration _onInterrupt;
    private readonly PosixSignalRegistration _onTerminate;

    public Interruption()
    {
        _onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        _onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
    }

    /// <returns>Whether it has come.</returns>
    public bool Wait(TimeSpan limit) => _interrupted.Wait(limit);

    public void Dispose()
    {
        _onInterrupt.Dispose();
        _onTerminate.Dispose();
        _interrupted.Dispose();
    }

    private void Interrupt(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _interrupted.Set();
    }
}
