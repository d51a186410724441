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
        if (Copy(datagram) is not { } buffer)
        {
            return false;
        }

        if (TryEnqueue(buffer) > 0)
        {
            Wake();
            return true;
        }

        if (_options.FullMode == FifoFullMode.Block && !_completed)
        {
            return EnqueueWaiting(buffer, cancellationToken);
        }

        Drop(buffer);
        return false;
    }

    /// <summary>
    /// Puts a copy of a datagram into the FIFO without ever waiting, and without waking the receiver: the way of a socket's reader thread, which calls <see cref="Wake"/>
    /// when it has pushed all that has come.
    /// </summary>
    /// <returns>How many datagrams were dropped: 0 or 1.</returns>
    internal int PushUnwoken(ReadOnlySpan<byte> datagram) => Copy(datagram) is { } buffer ? PushUnwoken(buffer) : 1;

    /// <summary>Puts a datagram or a train into the FIFO without copying. Of a train that finds too little room, the first datagrams are taken.</summary>
    /// <param name="buffer">Becomes the FIFO's, whatever the result.</param>
    /// <returns>How many datagrams were dropped.</returns>
    internal int PushUnwoken(DatagramBuffer buffer)
    {
        int count = buffer.Count;
        if (buffer.LongestDatagram > _options.MaxReceiveSize)
        {
            Interlocked.Add(ref _droppedTooLarge, count);
            buffer.Release();
            return count;
        }

        int accepted = TryEnqueue(buffer);
        if (accepted == 0)
        {
            Drop(buffer);
        }
        else if (accepted < count)
        {
            Interlocked.Add(ref _droppedFull, count - accepted);
        }

        return count - accepted;
    }

    /// <summary>Wakes the receiver if it waits.</summary>
    internal void Wake() => _receiver.Wake();

    private DatagramBuffer? Copy(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length > _options.MaxReceiveSize)
        {
            Interlocked.Increment(ref _droppedTooLarge);
            return null;
        }

        DatagramBuffer buffer = DatagramPool.Shared.Rent(datagram.Length);
        datagram.CopyTo(buffer.Space);
        buffer.Length = datagram.Length;
        return buffer;
    }

    /// <returns>How many datagrams are in the FIFO now; 0: none, and the buffer is still the caller's.</returns>
    private int TryEnqueue(DatagramBuffer buffer)
    {
        int count = buffer.Count;
        int room = Reserve(count);
        if (room == 0)
        {
            return 0;
        }

        if (room < count)
        {
            buffer.Trim(room);
        }

        if (!_channel.Writer.TryWrite(buffer)) // it is completed: there are never more buffers than datagrams
        {
            FreeRoom(room);
            return 0;
        }

        Interlocked.Add(ref _accepted, room);
        return room;
    }

    // Never more than there is, not even for a moment: another writer would take the FIFO for full and wait for a wake-up that does not come.
    private int Reserve(int wanted)
    {
        int queued = Volatile.Read(ref _queued);
        while (true)
        {
            int room = Math.Min(wanted, _options.Capacity - queued);
            if (room <= 0)
            {
                return 0;
            }

            int seen = Interlocked.CompareExchange(ref _queued, queued + room, queued);
            if (seen == queued)
            {
                return room;
            }

            queued = seen;
        }
    }

    private void Drop(DatagramBuffer buffer)
    {
        Interlocked.Add(ref _completed ? ref _droppedClosed : ref _droppedFull, buffer.Count);
        buffer.Release();
    }

    private bool EnqueueWaiting(DatagramBuffer buffer, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration =
            cancellationToken.CanBeCanceled ? cancellationToken.UnsafeRegister(static fifo => ((FifoTransport)fifo!).WakeWriters(), this) : default;
        bool queued = false;
        lock (_gate)
        {
            Interlocked.Increment(ref _writersWaiting);
            while (!_completed && !cancellationToken.IsCancellationRequested && !(queued = TryEnqueue(buffer) > 0))
            {
                Monitor.Wait(_gate);
            }

            Interlocked.Decrement(ref _writersWaiting);
        }

        if (queued)
        {
            Wake();
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
}
