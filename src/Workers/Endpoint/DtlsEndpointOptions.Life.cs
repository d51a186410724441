namespace FifoDtls;

public sealed partial class DtlsEndpointOptions
{
    /// <summary>
    /// How long an established peer may be silent: when nothing valid has been received from it for that long, it is closed with a close_notify and ends as
    /// <see cref="DtlsPeerEnd.IdleTimedOut"/>, at the latest a quarter later. What counts is what Receive has returned: a peer that nobody receives from is silent too,
    /// and so is one whose datagrams wait in the FIFO. 100 ms to 10 days, or <see cref="Timeout.InfiniteTimeSpan"/>. Default: <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// What <see cref="DtlsPeer.ReceiveTimeout"/> is at first: how long a Receive waits that names no timeout. <see cref="TimeSpan.Zero"/> or more, or <see cref="Timeout.InfiniteTimeSpan"/>.
    /// Default: <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public TimeSpan ReceiveTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <inheritdoc cref="DtlsConnectionOptions.RetransmissionTimeout"/>
    public TimeSpan RetransmissionTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc cref="DtlsConnectionOptions.MaxRetransmissionTimeout"/>
    public TimeSpan MaxRetransmissionTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many payloads <see cref="DtlsPeer.TrySend"/> keeps until a peer's handshake is done. 0 to 65,536. Default: 64.</summary>
    public int MaxQueuedPayloads { get; init; } = 64;

    /// <summary>How many bytes of payload it keeps for each peer. 0 to 16,777,216. Default: 65,536.</summary>
    public int MaxQueuedBytes { get; init; } = 65_536;

    /// <summary>
    /// How many threads may wait in <see cref="DtlsPeer.Send(ReadOnlySpan{byte}, TimeSpan, CancellationToken)"/> for one peer's handshake to be done; a Send beyond throws an
    /// <see cref="InvalidOperationException"/> at once. 0 to 65,536. Default: 64.
    /// </summary>
    public int MaxWaitingSenders { get; init; } = 64;

    private void ValidateLife()
    {
        Require(MaxWaitingSenders, 0, 65_536, nameof(MaxWaitingSenders));
        _ = DtlsConnectionOptions.CreateEarly(MaxQueuedPayloads, MaxQueuedBytes); // refuses what is out of range
        if (IdleTimeout != Timeout.InfiniteTimeSpan)
        {
            Require(IdleTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(10), nameof(IdleTimeout));
        }

        DtlsConnection.RequireTimeout(ReceiveTimeout, nameof(ReceiveTimeout));
        DtlsConnectionOptions.RequireTimers(RetransmissionTimeout, MaxRetransmissionTimeout);
    }
}
