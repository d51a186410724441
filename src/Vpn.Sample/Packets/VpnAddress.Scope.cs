namespace FifoVpn.Packets;

/// <summary>Whom an address reaches.</summary>
internal readonly partial struct VpnAddress
{
    /// <summary>255.255.255.255, the broadcast that no router forwards (RFC 1122 §3.2.1.3 c).</summary>
    public bool IsLimitedBroadcast => IsIPv4 && _low == uint.MaxValue;

    /// <summary>169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291 §2.5.6): means something on one link only.</summary>
    public bool IsLinkLocal => IsIPv6 ? _high >> 54 == 0xFE80 >> 6 : _low >> 16 == 0xA9FE;

    /// <summary>
    /// True for the limited broadcast, and for the last address of the network, which reaches all its hosts. Networks of /31 (RFC 3021) and
    /// /32, and IPv6, have no such address.
    /// </summary>
    public bool IsBroadcastOf(IpPrefix network) =>
        IsLimitedBroadcast || (IsIPv4 && network.Length <= IPv4Bits - 2 && network.Contains(this) && (_low | Mask(32 + network.Length)) == ulong.MaxValue);
}
