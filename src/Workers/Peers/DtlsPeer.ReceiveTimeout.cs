namespace FifoDtls;

public sealed partial class DtlsPeer
{
    private const long AsTheEndpoint = long.MinValue;

    private long _receiveTimeout = AsTheEndpoint; // ticks; the peer's and not the connection's, which can be replaced during the handshake

    /// <summary>
    /// How long <see cref="Receive(Span{byte})"/> waits. See <see cref="DtlsConnection.ReceiveTimeout"/>. May be set before the handshake is done.
    /// Default: <see cref="DtlsEndpointOptions.ReceiveTimeout"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative and not <see cref="Timeout.InfiniteTimeSpan"/>.</exception>
    public TimeSpan ReceiveTimeout
    {
        get => Interlocked.Read(ref _receiveTimeout) is var own && own == AsTheEndpoint ? _endpoint.Options.ReceiveTimeout : new TimeSpan(own);
        set
        {
            DtlsConnection.RequireTimeout(value, nameof(ReceiveTimeout));
            Interlocked.Exchange(ref _receiveTimeout, value.Ticks);
        }
    }
}
