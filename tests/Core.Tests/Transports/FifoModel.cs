namespace FifoDtls.Tests;

/// <summary>What a FIFO must do, written down the plainest way, one call at a time.</summary>
internal sealed class FifoModel(int capacity, FifoFullMode mode, int maxReceiveSize)
{
    private readonly Queue<byte[]> _queue = [];
    private bool _completed;
    private bool _disposed;
    private long _accepted;
    private long _read;
    private long _discarded;
    private long _droppedFull;
    private long _droppedTooLarge;
    private long _droppedClosed;

    internal FifoTransportStatistics Statistics => new(_accepted, _read, _queue.Count, _discarded, _droppedFull, _droppedTooLarge, _droppedClosed, 0);

    internal DatagramStatus Waiting => _queue.Count > 0 ? DatagramStatus.Ready : _completed ? DatagramStatus.Closed : DatagramStatus.None;

    /// <summary>A push with a token that is cancelled: one that would wait does not.</summary>
    internal (bool Accepted, bool Cancelled) Push(byte[] datagram)
    {
        if (datagram.Length > maxReceiveSize)
        {
            _droppedTooLarge++;
        }
        else if (_completed)
        {
            _droppedClosed++;
        }
        else if (_queue.Count < capacity)
        {
            _queue.Enqueue(datagram);
            _accepted++;
            return (true, false);
        }
        else if (mode == FifoFullMode.Block)
        {
            return (false, true);
        }
        else
        {
            _droppedFull++;
        }

        return (false, false);
    }

    internal (DatagramStatus Status, byte[] Content) Receive(int room)
    {
        if (_disposed || !_queue.TryDequeue(out byte[]? datagram))
        {
            return (_completed ? DatagramStatus.Closed : DatagramStatus.None, []);
        }

        _read++;
        return (DatagramStatus.Ready, datagram[..Math.Min(datagram.Length, room)]);
    }

    internal void Complete() => _completed = true;

    internal void Dispose()
    {
        _completed = true;
        _disposed = true;
        _discarded += _queue.Count;
        _queue.Clear();
    }
}
