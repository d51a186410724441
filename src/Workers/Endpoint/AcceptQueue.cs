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
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static queue => ((AcceptQueue)queue!).Wake(), this);
        lock (_gate)
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (_peers.TryDequeue(out peer))
                {
                    return true;
                }

                if (_closed || deadline.HasPassed)
                {
                    return false;
                }

                Monitor.Wait(_gate, deadline.RemainingMilliseconds);
            }
        }
    }

    /// <summary>Ends all waits. The peers that still wait are the endpoint's to end.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _peers.Clear();
            Monitor.PulseAll(_gate);
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
