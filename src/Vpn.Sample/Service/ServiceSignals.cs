using System.Runtime.InteropServices;
using FifoVpn.Interop;

namespace FifoVpn.Service;

/// <summary>The signals that a service obeys: SIGINT and SIGTERM end it in order, a second one of them at once; SIGHUP reloads.</summary>
internal sealed class ServiceSignals : IDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private readonly ServiceInbox _inbox;
    private readonly PosixSignalRegistration[] _registrations;

    public ServiceSignals(ServiceInbox inbox)
    {
        _inbox = inbox;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, Interrupt)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, Terminate)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Reload),
        ];
    }

    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());

    private void Stop(PosixSignalContext signal, int number)
    {
        signal.Cancel = true; // the node is taken down in order
        if (_inbox.IsStopping)
        {
            Libc.ExitNow(128 + number); // the kernel takes the device and the socket
        }

        _inbox.Post(ServiceRequests.Stop);
    }

    private void Reload(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _inbox.Post(ServiceRequests.Reload);
    }
}
