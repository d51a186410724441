namespace FifoVpn.Packets;

/// <summary>Why a packet can't be delivered.</summary>
internal enum UnreachableReason
{
    /// <summary>No route leads to the destination: ICMP code 0 (network unreachable), ICMPv6 code 0.</summary>
    NoRoute,

    /// <summary>There is a route, but what it leads to can't be reached: ICMP code 1 (host unreachable), ICMPv6 code 3 (address unreachable).</summary>
    HostUnreachable,

    /// <summary>A rule forbids it: ICMP code 13 (RFC 1812 §5.2.7.1), ICMPv6 code 1.</summary>
    Prohibited,
}
