namespace FifoVpn.Node;

/// <summary>Sums the counters of all peers that a node has had. A peer that leaves takes nothing with it, so no sum ever goes back. Thread-safe.</summary>
internal sealed class TrafficTotals
{
    private readonly Lock _lock = new();
    private readonly HashSet<PacketCounters> _present = [];
    private readonly PacketCounters _gone = new();

    public void Add(PacketCounters counters)
    {
        lock (_lock)
        {
            _present.Add(counters);
        }
    }

    /// <summary>Keeps what was counted so far, and does not look at the counters again.</summary>
    public void Retire(PacketCounters counters)
    {
        lock (_lock)
        {
            if (_present.Remove(counters))
            {
                _gone.Add(counters);
            }
        }
    }

    public PacketCounters Sum()
    {
        PacketCounters sum = new();
        lock (_lock)
        {
            sum.Add(_gone);
            foreach (PacketCounters counters in _present)
            {
                sum.Add(counters);
            }
        }

        return sum;
    }
}
