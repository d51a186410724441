using System.Threading.Channels;

namespace FifoDtls;

/// <summary>
/// The FIFO that stands in for a datagram socket: whoever reads the real socket pushes one peer's datagrams in at one end, the DTLS engine takes them out at
/// the other with blocking waits and timeouts, and what it sends goes straight to the peer through a delegate.
/// </summary>
/// <remarks>
/// <para>All members are thread-safe. Pushing, taking and sending allocate nothing once the FIFO has grown to its working size.</para>
/// <para>The storage is a bounded <see cref="Channel{T}"/>; the waiting is done on a futex, or on a monitor where there is none, and never goes through the thread pool, so that a timeout is
/// kept when the pool is busy.</para>
/// </remarks>
public sealed partial class FifoTransport : IDatagramTransport
{
    private readonly DatagramSender _send;
    private readonly DatagramBatchSender? _sendBatch;
    private readonly FifoTransportOptions _options;
    private readonly Channel<DatagramBuffer> _channel;
    private readonly ReceiverSignal _receiver;
    private readonly object _gate = new(); // a monitor: guards nothing but the writers' wait for room
    private DatagramBuffer? _current; // a train that is being taken from
    private int _writersWaiting;
    private int _queued;
    private volatile bool _completed;
    private volatile bool _channelCompleted;
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
    /// <param name="sendBatch">Sends several datagrams at once; when <see langword="null"/>, <paramref name="send"/> gets them one by one.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is out of its range.</exception>
    public FifoTransport(DatagramSender send, FifoTransportOptions? options = null, DatagramBatchSender? sendBatch = null)
    {
        ArgumentNullException.ThrowIfNull(send);
        _options = options ?? new FifoTransportOptions();
        _options.Validate();
        _send = send;
        _sendBatch = sendBatch;
        _receiver = new ReceiverSignal(_options.UseFutex);
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

    /// <inheritdoc/>
    public void SendBatch(ReadOnlySpan<byte> datagrams, ReadOnlySpan<int> lengths)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Interlocked.Add(ref _sent, lengths.Length);
        if (_sendBatch is { } sendBatch)
        {
            sendBatch(datagrams, lengths);
            return;
        }

        foreach (int length in lengths)
        {
            _send(datagrams[..length]);
            datagrams = datagrams[length..];
        }
    }

    /// <summary>Says that no datagram will come any more. What is queued can still be taken; then the receiver sees <see cref="DatagramStatus.Closed"/>.</summary>
    public void Complete()
    {
        _completed = true;
        if (!_channelCompleted) // each TryComplete makes an exception, needed or not
        {
            _channel.Writer.TryComplete();
            _channelCompleted = true; // afterwards: Dispose relies on it that nothing comes any more
        }

        _receiver.Wake();
        WakeWriters();
    }

    /// <summary>Completes the FIFO and discards what is queued. Blocked calls end.</summary>
    public void Dispose()
    {
        _disposed = true;
        Complete();
        while (TakeBuffer() is { } buffer)
        {
            Discard(buffer);
        }
    }

    // The buffer that is being taken from, or the next one. Whoever gets it owns it: the receiver and Dispose can't both have it.
    private DatagramBuffer? TakeBuffer() =>
        Interlocked.Exchange(ref _current, null) ?? (_channel.Reader.TryRead(out DatagramBuffer? buffer) ? buffer : null);

    private void Discard(DatagramBuffer buffer)
    {
        int count = buffer.Count;
        Interlocked.Add(ref _discarded, count);
        buffer.Release();
        FreeRoom(count);
    }

    private void FreeRoom(int datagrams)
    {
        Interlocked.Add(ref _queued, -datagrams); // a full fence: either we see the waiting writer, or it sees the room
        if (Volatile.Read(ref _writersWaiting) != 0)
        {
            WakeWriters();
        }
    }

    private void WakeWriters()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }
}
