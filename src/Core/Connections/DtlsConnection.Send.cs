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

    /// <summary>
    /// Sends several payloads like <see cref="Send(ReadOnlySpan{byte})"/>, in their order, each as one record in one datagram, but takes the association's lock once and hands the
    /// datagrams to the transport together (<see cref="IDatagramTransport.SendBatch"/>), which saves system calls. Best for payloads of one size.
    /// </summary>
    /// <param name="payloads">The payloads, back to back. Nothing is sent when there is none.</param>
    /// <param name="lengths">The length of each: 1 to <see cref="DtlsNegotiated.MaxPayloadSize"/> bytes; together the length of <paramref name="payloads"/>.</param>
    /// <exception cref="ArgumentException">A payload is empty or too large, or the lengths do not add up; nothing has been sent.</exception>
    /// <exception cref="DtlsClosedException">The association or its transport has been closed. Some of the payloads may have been sent.</exception>
    /// <exception cref="DtlsProtocolException">The association has failed, now or before. Some of the payloads may have been sent.</exception>
    /// <exception cref="ObjectDisposedException">Disposed.</exception>
    /// <exception cref="InvalidOperationException">The handshake is not done.</exception>
    public void SendBatch(ReadOnlySpan<byte> payloads, ReadOnlySpan<int> lengths)
    {
        if (lengths.IsEmpty && payloads.IsEmpty)
        {
            return;
        }

        lock (_lock)
        {
            RequireSendable(payloads.Length, lengths);
            _bio.BeginBatch();
            bool sent = false;
            try
            {
                foreach (int length in lengths)
                {
                    Write(payloads[..length]);
                    payloads = payloads[length..];
                }
            }
            finally
            {
                sent = _bio.TryEndBatch();
            }

            if (!sent)
            {
                throw SendingFailed(LibSsl.ErrorNone);
            }
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
            throw SendingFailed(LibSsl.SSL_get_error(_ssl, result));
        }

        _bio.Counters.PayloadsSent++;
        _bio.Counters.PayloadBytesSent += payload.Length;
        if (borrowed)
        {
            ReleaseBorrowedBuffers();
        }
    }

    private Exception SendingFailed(int error)
    {
        Exception failure = FailureOf(error, "Sending failed");
        if (failure is not DtlsClosedException)
        {
            Fail(failure);
        }

        return failure;
    }

    private void RequireSendable(int total, ReadOnlySpan<int> lengths)
    {
        long sum = 0;
        foreach (int length in lengths)
        {
            RequireSendable(length);
            sum += length;
        }

        if (sum != total)
        {
            throw new ArgumentException($"The lengths add up to {sum} bytes, the payloads have {total}.", nameof(lengths));
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
        if (length <= 0 || length > limit)
        {
            throw new ArgumentException($"A payload has 1 to {limit} bytes here; this one has {length}.", "payload");
        }
    }
}
