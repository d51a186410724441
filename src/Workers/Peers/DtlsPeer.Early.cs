namespace FifoDtls;

// Sending to a peer whose handshake is still going on: one that Connect has returned at once.
public sealed partial class DtlsPeer
{
    private readonly EarlyPayloads? _early; // an outgoing peer's; nobody has an accepted one before it is established
    private int _waitingSenders;

    /// <summary>Waits until the handshake is done, then sends. What <see cref="TrySend"/> has queued goes first. Once it is done, this is <see cref="Send(ReadOnlySpan{byte})"/>.</summary>
    /// <param name="payload">1 to <see cref="DtlsNegotiated.MaxPayloadSize"/> bytes.</param>
    /// <param name="timeout">How long to wait at most; <see cref="Timeout.InfiniteTimeSpan"/> waits as long as the handshake may last.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; nothing has been sent, and the handshake goes on.</param>
    /// <exception cref="TimeoutException">The handshake was not done in time, or its own deadline has passed; nothing has been sent.</exception>
    /// <exception cref="InvalidOperationException">The handshake is not done, and <see cref="DtlsEndpointOptions.MaxWaitingSenders"/> threads wait for it already; nothing has been sent.</exception>
    /// <remarks>Throws, besides what <see cref="Send(ReadOnlySpan{byte})"/> throws, the exception that has ended the handshake.</remarks>
    public void Send(ReadOnlySpan<byte> payload, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (!_established)
        {
            WaitToSend(timeout, cancellationToken);
        }

        Connection.Send(payload);
    }

    /// <inheritdoc cref="DtlsConnection.TrySend"/>
    /// <remarks>The limits are <see cref="DtlsEndpointOptions.MaxQueuedPayloads"/> and <see cref="DtlsEndpointOptions.MaxQueuedBytes"/>.</remarks>
    /// <exception cref="DtlsException">The association has ended; the exception that ended it, where there is one.</exception>
    public bool TrySend(ReadOnlySpan<byte> payload)
    {
        if (!_established && _early is { } early)
        {
            DtlsConnection.RequireQueueable(payload.Length, _exchange.Transport.MaxDatagramSize);
            if (End != DtlsPeerEnd.None)
            {
                RequireEstablished();
            }

            if (early.TryAdd(payload, out bool flushed))
            {
                return true;
            }

            if (!flushed)
            {
                return false;
            }

            _connection!.Send(payload); // it is established, and this peer about to be
            return true;
        }

        Connection.Send(payload);
        return true;
    }

    /// <summary>
    /// Closes the association in order: when payloads are queued for a handshake that is going on, waits until they are sent, then sends the close_notify. See <see cref="Close()"/>.
    /// </summary>
    /// <param name="timeout">How long to wait for the handshake at most; then what is queued is discarded.</param>
    /// <returns>Whether nothing that was queued has been discarded.</returns>
    public bool Close(TimeSpan timeout)
    {
        int milliseconds = Deadline.After(timeout).RemainingMilliseconds;
        bool sent = _established || _early is not { Count: > 0 } || (_settled.Wait(milliseconds) && _established);
        Close();
        return sent;
    }

    private void WaitToSend(TimeSpan timeout, CancellationToken cancellationToken)
    {
        Deadline deadline = Deadline.After(timeout);
        int limit = _endpoint.Options.MaxWaitingSenders;
        try
        {
            if (Interlocked.Increment(ref _waitingSenders) > limit && !_settled.IsSet)
            {
                throw new InvalidOperationException($"{limit} threads wait already to send to {RemoteEndPoint}, the limit of {nameof(DtlsEndpointOptions.MaxWaitingSenders)}; nothing was sent.");
            }

            if (!_settled.Wait(deadline.RemainingMilliseconds, cancellationToken))
            {
                throw new TimeoutException($"The handshake with {RemoteEndPoint} was not done within {timeout.TotalSeconds:0.###} s; nothing was sent.");
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waitingSenders);
        }

        RequireEstablished();
    }
}
