using FifoVpn.Devices;

namespace FifoVpn.Node;

// For those who watch.
internal sealed partial class VpnNode
{
    private static readonly Dictionary<DeviceOffloads, string> DeviceOffloadNames = new()
    {
        [DeviceOffloads.Checksum] = "checksum",
        [DeviceOffloads.TcpSegmentation] = "tcpSegmentation",
        [DeviceOffloads.UdpSegmentation] = "udpSegmentation",
    };

    private readonly TrafficTotals _totals = new();

    public string DeviceName => _device.Name;

    public int DeviceMtu => _device.Mtu;

    /// <summary>What crosses many at a time now, of the device and of the socket.</summary>
    public IEnumerable<string> Offloads
    {
        get
        {
            foreach (DeviceOffloads offload in DeviceOffloadNames.Keys)
            {
                if (_device.Offloads.HasFlag(offload))
                {
                    yield return DeviceOffloadNames[offload];
                }
            }

            if (_endpoint.SendsSegments)
            {
                yield return "socketSend";
            }

            if (_endpoint.ReceivesSegments)
            {
                yield return "socketReceive";
            }
        }
    }

    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>Packets and drops of all peers that there have been, and drops of nobody's.</summary>
    public PacketCounters SumCounters()
    {
        PacketCounters sum = _totals.Sum();
        sum.Add(Counters);
        return sum;
    }
}
