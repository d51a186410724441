namespace FifoVpn.Node;

// For those who watch.
internal sealed partial class VpnNode
{
    private readonly TrafficTotals _totals = new();

    public string DeviceName => _device.Name;

    public int DeviceMtu => _device.Mtu;

    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>Packets and drops of all peers that there have been, and drops of nobody's.</summary>
    public PacketCounters SumCounters()
    {
        PacketCounters sum = _totals.Sum();
        sum.Add(Counters);
        return sum;
    }
}
