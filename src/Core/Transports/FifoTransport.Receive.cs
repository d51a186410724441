namespace FifoDtls;

public sealed partial class FifoTransport
{
    /// <inheritdoc/>
    public DatagramStatus Wait(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        Deadline deadline = Deadline.After(timeout);
        cancellationToken.ThrowIfCancellationRequested();
        if (Volatile.Read(ref _queued) > 0)
        {
            return DatagramStatus.Ready;
        }

        if (!_completed && timeout != TimeSpan.Zero)
        {
            WaitForDatagram(deadline, cancellationToken);
        }

        return Volatile.Read(ref _queued) > 0 ? DatagramStatus.Ready : _completed ? DatagramStatus.Closed : DatagramStatus.None;
    }

    /// <inheritdoc/>
    public DatagramStatus TryReceive(Span<byte> buffer, out int length)
    {
        length = 0;
        bool completed = _completed; // read first: what was pushed before completion is delivered before the closure is told
        if (_disposed || !TryTake(out DatagramBuffer? datagram))
        {
            return completed ? DatagramStatus.Closed : DatagramStatus.None;
        }

        length = Math.Min(datagram.Length, buffer.Length);
        datagram.Datagram[..length].CopyTo(buffer);
        datagram.Release();
        Interlocked.Increment(ref _read);
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

    private void WaitForDatagram(Deadline deadline, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = WakeOnCancel(cancellationToken);
        lock (_gate)
        {
            Interlocked.Increment(ref _readersWaiting);
            while (Volatile.Read(ref _queued) <= 0 && !_completed && !cancellationToken.IsCancellationRequested && !deadline.HasPassed)
            {
                Monitor.Wait(_gate, deadline.RemainingMilliseconds);
            }

            Interlocked.Decrement(ref _readersWaiting);
        }

        if (Volatile.Read(ref _queued) <= 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
