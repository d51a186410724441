using System.Net;

namespace FifoDtls;

/// <summary>One peer of a <see cref="DtlsEndpoint"/>: one association with one remote address.</summary>
/// <remarks>
/// One thread at a time receives: the peer's own thread in a session delegate, or the thread of whoever accepted or connected. Any number of threads send,
/// close and dispose. A peer that a session delegate was given is closed when the delegate returns; any other is its taker's to dispose.
/// </remarks>
public sealed partial class DtlsPeer : IDisposable
{
    private readonly DtlsEndpoint _endpoint;
    private readonly DtlsConnectOptions? _connectOptions;
    private readonly Action<DtlsPeer>? _session;
    private readonly Lock _lock = new(); // guards _connection's replacement, the handing over and the end; never held for a wait or a call into libssl
    private readonly ManualResetEventSlim _settled = new(); // established, or ended before
    private volatile PeerExchange _exchange;
    private volatile DtlsConnection? _connection;
    private volatile bool _established;
    private bool _handedOver; // by the worker to whoever accepted or connected: the end is theirs to complete
    private bool _ended;
    private DtlsPeerEnd _wanted;
    private Exception? _failure;
    private volatile int _end;

    internal DtlsPeer(
        DtlsEndpoint endpoint, SocketAddress address, PeerExchange exchange, DtlsConnectOptions? connectOptions, Action<DtlsPeer>? session)
    {
        _endpoint = endpoint;
        _connectOptions = connectOptions;
        _session = session;
        _exchange = exchange;
        _early = connectOptions is null ? null : new EarlyPayloads(endpoint.Options.MaxQueuedPayloads, endpoint.Options.MaxQueuedBytes);
        Address = address;
        RemoteEndPoint = UdpSocket.ToEndPoint(address);
    }

    /// <summary>The peer's address and port; of an IPv4 peer as such, also on a dual-stack socket.</summary>
    public IPEndPoint RemoteEndPoint { get; }

    /// <summary>The part that this side plays. While a Connect is in progress it can change to <see cref="DtlsRole.Server"/>: when both sides connect at once, one of them yields.</summary>
    public DtlsRole Role => _exchange.Role;

    /// <summary>Whether this side asked for the association, whichever role it ended up with.</summary>
    public bool IsOutgoing => _connectOptions is not null;

    /// <summary>Whether the handshake is done and the association has not ended.</summary>
    public bool IsEstablished => _established && End == DtlsPeerEnd.None;

    /// <summary>What the handshake has settled; <see langword="null"/> before it is done.</summary>
    public DtlsNegotiated? Negotiated => _connection?.Negotiated;

    /// <summary>How the association ended, or <see cref="DtlsPeerEnd.None"/>.</summary>
    public DtlsPeerEnd End => (DtlsPeerEnd)_end;

    /// <summary>The exception behind <see cref="End"/>, where there is one.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>The association's counters.</summary>
    public DtlsConnectionStatistics Statistics => _connection?.Statistics ?? default;

    /// <summary>The counters of the FIFO between the socket's reader and this peer.</summary>
    public FifoTransportStatistics FifoStatistics => _exchange.Transport.Statistics;

    /// <summary>Whether a caller waits in Connect, to whom a failed handshake is told as an exception: a log line would say it twice.</summary>
    internal bool IsAwaited => IsOutgoing && _session is null;

    internal SocketAddress Address { get; }

    internal PeerExchange Exchange => _exchange;

    /// <summary>Waits up to <see cref="ReceiveTimeout"/>, which is for ever unless it is set, for the next payload. See <see cref="DtlsConnection.Receive(Span{byte}, TimeSpan, CancellationToken)"/>.</summary>
    public DtlsReceiveResult Receive(Span<byte> buffer) => Connection.Receive(buffer, ReceiveTimeout);

    /// <inheritdoc cref="DtlsConnection.Receive(Span{byte}, TimeSpan, CancellationToken)"/>
    public DtlsReceiveResult Receive(Span<byte> buffer, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Connection.Receive(buffer, timeout, cancellationToken);

    /// <inheritdoc cref="DtlsConnection.TryReceive"/>
    public bool TryReceive(Span<byte> buffer, out DtlsReceiveResult result) => Connection.TryReceive(buffer, out result);

    /// <inheritdoc cref="DtlsConnection.Send"/>
    public void Send(ReadOnlySpan<byte> payload)
    {
        try
        {
            Connection.Send(payload);
        }
        catch (Exception exception) when (_endpoint.CountUnsent(exception))
        {
            throw; // never: the filter only counts
        }
    }

    /// <summary>
    /// Closes the association: sends a close_notify if it is established. A blocked Receive returns <see cref="DtlsReceiveStatus.ClosedLocally"/>. Does not wait
    /// for the peer nor for the session delegate. Safe to repeat.
    /// </summary>
    public void Close() => Stop(DtlsPeerEnd.ClosedLocally);

    /// <summary>Closes the association and frees it, except while the session delegate runs: then it is freed when the delegate returns.</summary>
    public void Dispose()
    {
        Close();
        bool isTakers;
        lock (_lock)
        {
            isTakers = _handedOver; // else the worker is still at it, and completes the end
        }

        if (isTakers)
        {
            Finish(EndOfSession(null), null);
            _connection?.Dispose(); // what ended for want of a sign of life was left to its taker
        }
    }

    private DtlsConnection Connection =>
        _connection is { } connection && _established ? connection : throw new InvalidOperationException($"The association with {RemoteEndPoint} is not established.");
}
