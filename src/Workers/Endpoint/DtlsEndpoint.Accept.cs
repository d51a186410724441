namespace FifoDtls;

public sealed partial class DtlsEndpoint
{
    /// <summary>
    /// Waits for the next peer that has connected to this endpoint and been verified. It is the caller's, to use on its own threads and to dispose. Any number of threads may wait.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The endpoint is disposed.</exception>
    /// <exception cref="InvalidOperationException">The endpoint does not accept, or has a session delegate.</exception>
    public DtlsPeer Accept(CancellationToken cancellationToken = default) => TryAccept(Timeout.InfiniteTimeSpan, cancellationToken)!;

    /// <summary>Waits for the next peer. See <see cref="Accept"/>.</summary>
    /// <param name="timeout">How long at most; <see cref="TimeSpan.Zero"/> polls, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The peer, or <see langword="null"/> when the time was up.</returns>
    public DtlsPeer? TryAccept(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (Options.ServerContext is null || Options.Session is not null)
        {
            throw new InvalidOperationException(
                Options.Session is null ? $"To accept, set {nameof(DtlsEndpointOptions)}.{nameof(DtlsEndpointOptions.ServerContext)}."
                : $"This endpoint's peers go to {nameof(DtlsEndpointOptions)}.{nameof(DtlsEndpointOptions.Session)}.");
        }

        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (_accepted.TryTake(Deadline.After(timeout), cancellationToken, out DtlsPeer? peer))
        {
            peer!.Take();
            return peer;
        }

        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return null;
    }
}
