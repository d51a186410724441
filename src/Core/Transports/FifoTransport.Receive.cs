namespace FifoDtls;

public sealed partial class FifoTransport
{
    /// <inheritdoc/>
    public DatagramStatus Wait(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        Deadline deadline = Deadline.After(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        if (HasDatagram)
        {
            return DatagramStatus.Ready;
        }

        if (!_completed && timeout != TimeSpan.Zero)
        {
            WaitForDatagram(deadline, cancellationToken);
        }

        return HasDatagram ? DatagramStatus.Ready : _completed ? DatagramStatus.Closed : DatagramStatus.None;
    }

    /// <inheritdoc/>
    public DatagramStatus TryReceive(Span<byte> buffer, out int length)
    {
        length = 0;
        bool completed = _completed; // read first: what was pushed before completion is delivered before the closure is told
        if (_disposed || TakeBuffer() is not { } datagrams)
        {
            return completed ? DatagramStatus.Closed : DatagramStatus.None;
        }

        ReadOnlySpan<byte> datagram = datagrams.TakeNext(out bool isLast);
        length = Math.Min(datagram.Length, buffer.Length);
        datagram[..length].CopyTo(buffer);
        Interlocked.Increment(ref _read);
        FreeRoom(1);
        if (isLast)
        {
            datagrams.Release();
        }
        else
        {
            PutBack(datagrams);
        }

        return DatagramStatus.Ready;
    }

    /// <summary>Waits for the next datagram and takes it: <see cref="Wait"/> and <see cref="TryReceive"/> in one call.</summary>
    /// <param name="buffer">Takes the datagram; what does not fit is cut off.</param>
    /// <param name="timeout">How long at most; <see cref="TimeSpan.Zero"/> polls, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="length">The bytes written to <paramref name="buffer"/>.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>.</param>
    /// <returns><see cref="DatagramStatus.Ready"/>, <see cref="DatagramStatus.None"/> when the time is up, or <see cref="DatagramStatus.Closed"/>.</returns>
    public DatagramStatus Receive(Span<byte> buffer, TimeSpan timeout, out int length, CancellationToken cancellationToken = default)
    {
        Deadline deadline = Deadline.After(timeout);
        while (true)
        {
            DatagramStatus status = TryReceive(buffer, out length);
            if (status != DatagramStatus.None)
            {
                return status;
            }

            status = Wait(deadline.Remaining, cancellationToken);
            if (status == DatagramStatus.None)
            {
                return DatagramStatus.None;
            }
        }
    }

    private bool HasDatagram => !_disposed && (Volatile.Read(ref _current) is not null || _channel.Reader.TryPeek(out _));

    private void PutBack(DatagramBuffer train)
    {
        Interlocked.Exchange(ref _current, train); // a full fence: either Dispose sees it, or we see that it is disposed
        if (_disposed && Interlocked.Exchange(ref _current, null) is { } left)
        {
            Discard(left);
        }
    }

    private void WaitForDatagram(Deadline deadline, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration =
            cancellationToken.CanBeCanceled ? cancellationToken.UnsafeRegister(static fifo => ((FifoTransport)fifo!)._receiver.Wake(), this) : default;
        while (true)
        {
            _receiver.Announce();
            if (HasDatagram || _completed || cancellationToken.IsCancellationRequested || deadline.HasPassed)
            {
                break;
            }

            _receiver.Wait(deadline.RemainingMilliseconds);
        }

        if (!HasDatagram)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
