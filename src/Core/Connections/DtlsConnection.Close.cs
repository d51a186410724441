using FifoDtls.Interop;

namespace FifoDtls;

public sealed unsafe partial class DtlsConnection
{
    /// <summary>
    /// Closes the association: sends a close_notify if it is established, and ends the transport. A blocked Receive returns
    /// <see cref="DtlsReceiveStatus.ClosedLocally"/>, a handshake in progress ends with <see cref="DtlsClosedException"/>. What has come and was not received is
    /// discarded. Does not wait for the peer, which UDP could lose anyway. Safe to repeat, and from any thread.
    /// </summary>
    public void Close()
    {
        lock (_lock)
        {
            CloseLocked();
        }

        _transport.Dispose();
    }

    private void CloseLocked()
    {
        if (_disposed)
        {
            return;
        }

        bool established = _state == DtlsConnectionState.Established;
        if (_state is DtlsConnectionState.New or DtlsConnectionState.Handshaking or DtlsConnectionState.Established)
        {
            _state = DtlsConnectionState.ClosedLocally;
        }

        if (established && TryRestoreBuffers())
        {
            _bio.BeginCall();
            _ = LibSsl.SSL_shutdown(_ssl); // the close_notify is sent once and may be lost like any datagram
        }
    }
}
