namespace FifoDtls;

/// <summary>Established peers that wait to be accepted. Bounded; thread-safe.</summary>
internal sealed class AcceptQueue(int limit)
{
    private readonly object _gate = new(); // a monitor: guards the queue
    private readonly Queue<DtlsPeer> _peers = new();
    private bool _closed;

    internal bool TryAdd(DtlsPeer peer)
    {
        lock (_gate)
        {
            if (_closed || _peers.Count >= limit)
            {
                return false;
            }

            _peers.Enqueue(peer);
            Monitor.Pulse(_gate);
            return true;
        }
    }

    internal bool TryTake(Deadline deadline, CancellationToken cancellationToken, out DtlsPeer? peer)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static queue => ((AcceptQueue)queue!).Wake(), this);
        lock (_gate)
        {
            while (true)
            {
                if (_peers.TryDequeue(out peer))
                {
                    return true; // though cancelled meanwhile: the one wake-up for this peer was ours, and nobody else would look
                }

                cancellationToken.ThrowIfCancellationRequested();
                if (_closed || deadline.HasPassed)
                {
                    return false;
                }

                Monitor.Wait(_gate, deadline.RemainingMilliseconds);
            }
        }
    }

    /// <summary>Ends all waits.</summary>
    /// <returns>The peers that nobody has taken: the caller's to dispose.</returns>
    internal DtlsPeer[] Close()
    {
        lock (_gate)
        {
            _closed = true;
            DtlsPeer[] untaken = [.. _peers];
            _peers.Clear();
            Monitor.PulseAll(_gate);
            return untaken;
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }
}
