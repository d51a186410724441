using FifoVpn.Packets;

namespace FifoVpn.Configuration;

/// <summary>One peer of a node.</summary>
internal sealed class PeerConfig
{
    /// <summary>The common name that the peer's certificate must have.</summary>
    public required string Name { get; init; }

    /// <summary>The peer's own VPN addresses, at least one. Its certificate must hold them.</summary>
    public required IReadOnlyList<VpnAddress> Addresses { get; init; }

    /// <summary>Where to call the peer; null when it must call us.</summary>
    public PeerEndpoint? Endpoint { get; init; }

    /// <summary>Networks behind the peer, besides its own addresses.</summary>
    public IReadOnlyList<IpPrefix> AllowedAddresses { get; init; } = [];

    /// <summary>All that is routed to the peer and that it may send from: its addresses and the networks behind it.</summary>
    public IEnumerable<IpPrefix> Prefixes => Addresses.Select(IpPrefix.Host).Concat(AllowedAddresses);
}
