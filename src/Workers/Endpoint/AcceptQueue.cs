namespace FifoDtls;

/// <summary>Established peers that wait to be accepted. Bounded; thread-safe.</summary>
internal sealed class AcceptQueue(int limit)
{
    private readonly object _gate = new(); // a monitor: guards the queue
    private readonly LinkedList<DtlsPeer> _peers = new();
    private bool _closed;

    internal bool TryAdd(DtlsPeer peer)
    {
        lock (_gate)
        {
            if (_closed || _peers.Count >= limit)
            {
                return false;
            }

            peer.PlaceInQueue = _peers.AddLast(peer);
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
                peer = _peers.First?.Value;
                if (peer is not null)
                {
                    _peers.RemoveFirst();
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

    /// <summary>Takes a peer out of the middle, if it stands in the queue.</summary>
    internal bool TryRemove(DtlsPeer peer)
    {
        lock (_gate)
        {
            if (peer.PlaceInQueue is not { } place || place.List != _peers)
            {
                return false;
            }

            _peers.Remove(place);
            return true;
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
