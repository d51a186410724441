namespace FifoVpn.Devices;

/// <summary>What a device leaves to its user, or takes over from it, so that many packets cross in one call.</summary>
[Flags]
internal enum DeviceOffloads
{
    None = 0,

    /// <summary>TCP and UDP checksums of the host's packets are completed when they are read.</summary>
    Checksum = 1,

    /// <summary>TCP segments of a flow cross as one super-packet, both ways, IPv4 and IPv6.</summary>
    TcpSegmentation = 2,

    /// <summary>UDP datagrams of a flow cross as one super-packet, both ways, IPv4 and IPv6; Linux 6.2 or newer.</summary>
    UdpSegmentation = 4,

    All = Checksum | TcpSegmentation | UdpSegmentation,
}
