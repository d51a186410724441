using System.Threading.Channels;

namespace FifoDtls;

/// <summary>
/// The FIFO that stands in for a datagram socket: whoever reads the real socket pushes one peer's datagrams in at one end, the DTLS engine takes them out at
/// the other with blocking waits and timeouts, and what it sends goes straight to the peer through a delegate.
/// </summary>
/// <remarks>
/// <para>All members are thread-safe. Pushing, taking and sending allocate nothing once the FIFO has grown to its working size.</para>
/// <para>The storage is a bounded <see cref="Channel{T}"/>; the waiting is done on a monitor and never goes through the thread pool, so that a timeout is kept
/// when the pool is busy.</para>
/// </remarks>
public sealed partial class FifoTransport : IDatagramTransport
{
    private readonly DatagramSender _send;
    private readonly FifoTransportOptions _options;
    private readonly Channel<DatagramBuffer> _channel;
    private readonly object _gate = new(); // a monitor: guards nothing but the two waits
    private int _readersWaiting;
    private int _writersWaiting;
    private int _queued;
    private volatile bool _completed;
    private volatile bool _disposed;

    private long _accepted;
    private long _read;
    private long _discarded;
    private long _droppedFull;
    private long _droppedTooLarge;
    private long _droppedClosed;
    private long _sent;

    /// <summary>Makes a transport.</summary>
    /// <param name="send">Sends a datagram to the peer.</param>
    /// <param name="options">Limits; the defaults when <see langword="null"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is out of its range.</exception>
    public FifoTransport(DatagramSender send, FifoTransportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(send);
        _options = options ?? new FifoTransportOptions();
        _options.Validate();
        _send = send;
        _channel = Channel.CreateBounded<DatagramBuffer>(new BoundedChannelOptions(_options.Capacity)
        {
            FullMode = BoundedChannelFullMode.Wait, // TryWrite says "full", and the drop is ours to count
        });
    }

    /// <inheritdoc/>
    public int MaxDatagramSize => _options.MaxDatagramSize;

    /// <summary>The counters now. Each is exact; together they are a snapshot only while nothing moves.</summary>
    public FifoTransportStatistics Statistics => new(
        Interlocked.Read(ref _accepted), Interlocked.Read(ref _read), Math.Max(0, Volatile.Read(ref _queued)), Interlocked.Read(ref _discarded),
        Interlocked.Read(ref _droppedFull), Interlocked.Read(ref _droppedTooLarge), Interlocked.Read(ref _droppedClosed), Interlocked.Read(ref _sent));

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> datagram)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Interlocked.Increment(ref _sent);
        _send(datagram);
    }

    /// <summary>Says that no datagram will come any more. What is queued can still be taken; then the receiver sees <see cref="DatagramStatus.Closed"/>.</summary>
    public void Complete()
    {
        _completed = true;
        _channel.Writer.TryComplete();
        WakeAll();
    }

    /// <summary>Completes the FIFO and discards what is queued. Blocked calls end.</summary>
    public void Dispose()
    {
        _disposed = true;
        Complete();
        while (TryTake(out DatagramBuffer? buffer))
        {
            Interlocked.Increment(ref _discarded);
            buffer.Release();
        }
    }

    private bool TryTake(out DatagramBuffer buffer)
    {
        if (!_channel.Reader.TryRead(out buffer!))
        {
            return false;
        }

        Interlocked.Decrement(ref _queued); // a full fence: either we see the waiting writer, or it sees the room
        if (Volatile.Read(ref _writersWaiting) != 0)
        {
            WakeAll();
        }

        return true;
    }

    private void WakeAll()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }
}
