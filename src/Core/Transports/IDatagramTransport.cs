namespace FifoDtls;

/// <summary>
/// A datagram pipe to one peer: what <see cref="DtlsConnection"/> runs over. Boundaries are kept, datagrams may be lost, repeated or reordered.
/// </summary>
/// <remarks>
/// Waiting and taking are two calls, so that the one who waits holds neither a lock nor a buffer, and so that a datagram is copied
/// once, to where it is needed. At most one thread at a time waits and receives; any number may send. <see cref="IDisposable.Dispose"/> may be called by any
/// thread at any time and ends a blocked <see cref="Wait"/> with <see cref="DatagramStatus.Closed"/>.
/// </remarks>
public interface IDatagramTransport : IDisposable
{
    /// <summary>The largest datagram, in bytes, that <see cref="Send"/> takes.</summary>
    int MaxDatagramSize { get; }

    /// <summary>Waits until a datagram can be taken.</summary>
    /// <param name="timeout">How long at most; <see cref="TimeSpan.Zero"/> polls, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>.</param>
    /// <returns><see cref="DatagramStatus.Ready"/>, <see cref="DatagramStatus.None"/> when the time is up, or <see cref="DatagramStatus.Closed"/>.</returns>
    DatagramStatus Wait(TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Takes the next datagram without waiting. One that is larger than <paramref name="buffer"/> is cut off, as by a UDP socket.</summary>
    /// <param name="buffer">Takes the datagram.</param>
    /// <param name="length">The bytes written to <paramref name="buffer"/>; 0 unless the result is <see cref="DatagramStatus.Ready"/>.</param>
    /// <returns><see cref="DatagramStatus.Ready"/>, <see cref="DatagramStatus.None"/> when there is none now, or <see cref="DatagramStatus.Closed"/>.</returns>
    DatagramStatus TryReceive(Span<byte> buffer, out int length);

    /// <summary>Sends one datagram to the peer. What the network loses is not reported. May be called by many threads at once.</summary>
    /// <exception cref="ObjectDisposedException">The transport is closed.</exception>
    void Send(ReadOnlySpan<byte> datagram);

    /// <summary>Sends several datagrams to the peer, in their order. A transport that can hand many over at once overrides this; else they are sent one by one.</summary>
    /// <param name="datagrams">The datagrams, back to back.</param>
    /// <param name="lengths">The length of each, in bytes; together the length of <paramref name="datagrams"/>.</param>
    /// <exception cref="ObjectDisposedException">The transport is closed.</exception>
    void SendBatch(ReadOnlySpan<byte> datagrams, ReadOnlySpan<int> lengths)
    {
        foreach (int length in lengths)
        {
            Send(datagrams[..length]);
            datagrams = datagrams[length..];
        }
    }
}
