namespace FifoDtls;

public sealed unsafe partial class DtlsConnection
{
    private long _receiveTimeout = Timeout.InfiniteTimeSpan.Ticks;

    /// <summary>
    /// How long <see cref="Receive(Span{byte})"/> waits: the timeout of who names none, as <c>Socket.ReceiveTimeout</c> is a socket's, but in the terms of Receive: <see cref="TimeSpan.Zero"/>
    /// polls, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. When the time is up, it returns <see cref="DtlsReceiveStatus.TimedOut"/> and the association is as it was. Any thread may set it;
    /// a wait that has begun keeps its own. Default: <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative and not <see cref="Timeout.InfiniteTimeSpan"/>.</exception>
    public TimeSpan ReceiveTimeout
    {
        get => new(Interlocked.Read(ref _receiveTimeout));
        set
        {
            RequireTimeout(value, nameof(ReceiveTimeout));
            Interlocked.Exchange(ref _receiveTimeout, value.Ticks);
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">Negative and not <see cref="Timeout.InfiniteTimeSpan"/>.</exception>
    internal static void RequireTimeout(TimeSpan timeout, string name)
    {
        if (timeout < TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, timeout, $"{name} is {TimeSpan.Zero}, more, or Timeout.InfiniteTimeSpan.");
        }
    }
}
