namespace FifoDtls;

// Payloads that are sent before the handshake is done.
public sealed unsafe partial class DtlsConnection
{
    // What the usual suites add to a payload: record header 13, explicit nonce 8, tag 16 (RFC 5288 §3).
    private const int UsualOverhead = 37;

    private readonly EarlyPayloads _early;
    private long _queuedPayloadsDropped;

    /// <summary>
    /// Payloads that <see cref="TrySend"/> had queued and that could not be sent: the handshake has settled on a smaller <see cref="DtlsNegotiated.MaxPayloadSize"/>
    /// than the transport's datagrams promised.
    /// </summary>
    public long QueuedPayloadsDropped => Interlocked.Read(ref _queuedPayloadsDropped);

    /// <summary>
    /// Sends a payload, or, while the handshake is not done, keeps a copy that is sent once it is: before anything else, and in the order of the calls. Never waits.
    /// Any number of threads may send at once. What is kept when the handshake fails, or when the association is closed before, is discarded.
    /// </summary>
    /// <param name="payload">1 to <see cref="DtlsNegotiated.MaxPayloadSize"/> bytes; before the handshake is done, 1 to the transport's datagram size less 37.</param>
    /// <returns>
    /// <see langword="false"/> when it was not taken: <see cref="DtlsConnectionOptions.MaxQueuedPayloads"/> or <see cref="DtlsConnectionOptions.MaxQueuedBytes"/> is reached.
    /// </returns>
    /// <remarks>Throws what <see cref="Send"/> throws, except that the handshake need not be done.</remarks>
    public bool TrySend(ReadOnlySpan<byte> payload)
    {
        if (_state is DtlsConnectionState.New or DtlsConnectionState.Handshaking)
        {
            RequireQueueable(payload.Length, _transport.MaxDatagramSize);
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_early.TryAdd(payload, out bool flushed))
            {
                return true;
            }

            if (!flushed)
            {
                return false;
            }
        }

        Send(payload); // takes the lock, under which what was queued has been sent
        return true;
    }

    /// <exception cref="ArgumentException">The payload is empty, or too large for any cipher suite.</exception>
    internal static void RequireQueueable(int length, int maxDatagramSize)
    {
        int limit = Math.Min(maxDatagramSize - UsualOverhead, DtlsRecord.MaxPlaintextSize);
        if (length == 0 || length > limit)
        {
            throw new ArgumentException($"A payload has 1 to {limit} bytes here before the handshake is done; this one has {length}.", "payload");
        }
    }

    // To be called under the lock that makes the association established, so that nobody's Send comes first.
    private void SendQueued()
    {
        while (_early.TryTake(out byte[]? payload))
        {
            if (payload.Length > _negotiated!.MaxPayloadSize)
            {
                Interlocked.Increment(ref _queuedPayloadsDropped);
            }
            else
            {
                Write(payload);
            }
        }
    }
}
