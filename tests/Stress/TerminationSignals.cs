using System.Runtime.InteropServices;

namespace FifoDtls.Stress;

/// <summary>SIGINT and SIGTERM ask for the end instead of ending the process at once.</summary>
internal sealed class TerminationSignals : IDisposable
{
    private readonly CancellationTokenSource _source = new(); // never disposed: a signal may still be on its way
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    internal TerminationSignals()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
    }

    /// <summary>Cancelled by the first signal.</summary>
    internal CancellationToken Received => _source.Token;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        _source.Cancel();
    }
}
