using FifoDtls.Interop;

namespace FifoDtls;

public sealed unsafe partial class DtlsConnection
{
    /// <summary>
    /// Sends one payload as one record in one datagram, on the calling thread. It returns when the transport has taken the datagram;
    /// whether it arrives is not known. Any number of threads may send at once.
    /// </summary>
    /// <param name="payload">1 to <see cref="DtlsNegotiated.MaxPayloadSize"/> bytes.</param>
    /// <exception cref="ArgumentException">The payload is empty or too large; the message names the limit.</exception>
    /// <exception cref="DtlsClosedException">The association or its transport has been closed.</exception>
    /// <exception cref="DtlsProtocolException">The association has failed, now or before.</exception>
    /// <exception cref="ObjectDisposedException">Disposed.</exception>
    /// <exception cref="InvalidOperationException">The handshake is not done.</exception>
    public void Send(ReadOnlySpan<byte> payload)
    {
        lock (_lock)
        {
            RequireSendable(payload.Length);
            Write(payload);
        }
    }

    private void Write(ReadOnlySpan<byte> payload)
    {
        _bio.BeginCall();
        bool borrowed = RestoreBuffers();
        int result;
        fixed (byte* start = payload)
        {
            result = LibSsl.SSL_write(_ssl, start, payload.Length);
        }

        if (result != payload.Length)
        {
            Exception failure = FailureOf(LibSsl.SSL_get_error(_ssl, result), "Sending failed");
            if (failure is not DtlsClosedException)
            {
                Fail(failure);
            }

            throw failure;
        }

        _bio.Counters.PayloadsSent++;
        _bio.Counters.PayloadBytesSent += payload.Length;
        if (borrowed)
        {
            ReleaseBorrowedBuffers();
        }
    }

    private void RequireSendable(int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        switch (_state)
        {
            case DtlsConnectionState.Established:
                break;
            case DtlsConnectionState.ClosedByPeer or DtlsConnectionState.ClosedLocally:
                throw TransportEnded();
            case DtlsConnectionState.Failed:
                throw FailedBefore();
            default:
                throw new InvalidOperationException("Do the handshake first.");
        }

        int limit = _negotiated!.MaxPayloadSize;
        if (length == 0 || length > limit)
        {
            throw new ArgumentException($"A payload has 1 to {limit} bytes here; this one has {length}.", "payload");
        }
    }
}
