using System.Collections.Concurrent;

namespace FifoDtls.Tests;

/// <summary>A transport over two queues of datagrams: stands for a serial line, a radio, another tunnel.</summary>
internal sealed class QueueTransport(BlockingCollection<byte[]> incoming, BlockingCollection<byte[]> outgoing) : IDatagramTransport
{
    private readonly CancellationTokenSource _disposed = new();
    private byte[]? _next; // used by the receiving thread alone

    public int MaxDatagramSize => 1_200;

    // Waiting and taking are two calls, because who waits holds no buffer. One thread at a time does both.
    public DatagramStatus Wait(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (_next is not null)
        {
            return DatagramStatus.Ready;
        }

        int milliseconds = (int)Math.Min(Math.Ceiling(timeout.TotalMilliseconds), int.MaxValue); // -1: for ever, for both
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        try
        {
            return incoming.TryTake(out _next, milliseconds, either.Token) ? DatagramStatus.Ready : DatagramStatus.None;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DatagramStatus.Closed;
        }
    }

    public DatagramStatus TryReceive(Span<byte> buffer, out int length)
    {
        length = 0;
        if (_next is null && !incoming.TryTake(out _next))
        {
            return _disposed.IsCancellationRequested ? DatagramStatus.Closed : DatagramStatus.None;
        }

        length = Math.Min(_next.Length, buffer.Length);
        _next.AsSpan(0, length).CopyTo(buffer);
        _next = null;
        return DatagramStatus.Ready;
    }

    // Never waits: a full queue loses the datagram, as a network would.
    public void Send(ReadOnlySpan<byte> datagram)
    {
        ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);
        outgoing.TryAdd(datagram.ToArray());
    }

    public void Dispose() => _disposed.Cancel();
}
