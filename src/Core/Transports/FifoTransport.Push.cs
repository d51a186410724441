namespace FifoDtls;

public sealed partial class FifoTransport
{
    /// <summary>
    /// Puts a copy of a datagram into the FIFO. When it is full, <see cref="FifoTransportOptions.FullMode"/> says whether the datagram is dropped and
    /// counted or the call waits.
    /// </summary>
    /// <param name="datagram">The datagram; it is copied.</param>
    /// <param name="cancellationToken">Ends a wait in <see cref="FifoFullMode.Block"/>.</param>
    /// <returns><see langword="false"/> when the datagram was dropped: FIFO full, too large, or completed. The counters say which.</returns>
    /// <exception cref="OperationCanceledException">Cancelled while it waited for room; the datagram was not queued.</exception>
    public bool Push(ReadOnlySpan<byte> datagram, CancellationToken cancellationToken = default)
    {
        if (datagram.Length > _options.MaxReceiveSize)
        {
            Interlocked.Increment(ref _droppedTooLarge);
            return false;
        }

        DatagramBuffer buffer = DatagramPool.Shared.Rent(datagram.Length);
        datagram.CopyTo(buffer.Space);
        buffer.Length = datagram.Length;
        if (TryEnqueue(buffer))
        {
            return true;
        }

        if (_options.FullMode == FifoFullMode.Block && !_completed)
        {
            return EnqueueWaiting(buffer, cancellationToken);
        }

        Drop(buffer);
        return false;
    }

    /// <summary>Puts a datagram into the FIFO without copying and without ever waiting: the way of a socket's reader thread.</summary>
    /// <param name="buffer">Becomes the FIFO's, whatever the result.</param>
    internal bool TryPush(DatagramBuffer buffer)
    {
        if (buffer.Length > _options.MaxReceiveSize)
        {
            Interlocked.Increment(ref _droppedTooLarge);
            buffer.Release();
            return false;
        }

        if (TryEnqueue(buffer))
        {
            return true;
        }

        Drop(buffer);
        return false;
    }

    private bool TryEnqueue(DatagramBuffer buffer)
    {
        if (!_channel.Writer.TryWrite(buffer))
        {
            return false;
        }

        Interlocked.Increment(ref _accepted);
        Interlocked.Increment(ref _queued); // a full fence: either we see the waiting reader, or it sees the datagram
        if (Volatile.Read(ref _readersWaiting) != 0)
        {
            WakeAll();
        }

        return true;
    }

    private void Drop(DatagramBuffer buffer)
    {
        Interlocked.Increment(ref _completed ? ref _droppedClosed : ref _droppedFull);
        buffer.Release();
    }

    private bool EnqueueWaiting(DatagramBuffer buffer, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = WakeOnCancel(cancellationToken);
        bool queued = false;
        lock (_gate)
        {
            Interlocked.Increment(ref _writersWaiting);
            while (!_completed && !cancellationToken.IsCancellationRequested && !(queued = TryEnqueue(buffer)))
            {
                Monitor.Wait(_gate);
            }

            Interlocked.Decrement(ref _writersWaiting);
        }

        if (queued)
        {
            return true;
        }

        if (_completed)
        {
            Drop(buffer);
            return false;
        }

        buffer.Release();
        throw new OperationCanceledException(cancellationToken);
    }

    private CancellationTokenRegistration WakeOnCancel(CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled ? cancellationToken.UnsafeRegister(static fifo => ((FifoTransport)fifo!).WakeAll(), this) : default;
}
