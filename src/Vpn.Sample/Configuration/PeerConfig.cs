using FifoVpn.Packets;

namespace FifoVpn.Configuration;

/// <summary>One peer of a node.</summary>
internal sealed record PeerConfig
{
    private readonly bool? _persistent;

    /// <summary>The common name that the peer's certificate must have.</summary>
    public required string Name { get; init; }

    /// <summary>The peer's own VPN addresses, at least one. Its certificate must hold them.</summary>
    public required IReadOnlyList<VpnAddress> Addresses { get; init; }

    /// <summary>Where to call the peer; null when it must call us, or a rendezvous server knows.</summary>
    public PeerEndpoint? Endpoint { get; init; }

    /// <summary>Networks behind the peer, besides its own addresses.</summary>
    public IReadOnlyList<IpPrefix> AllowedAddresses { get; init; } = [];

    /// <summary>Whether the peer is called as soon as it is not connected, and not only when there is a packet for it. Default: if it has an endpoint.</summary>
    public bool Persistent
    {
        get => _persistent ?? Endpoint is not null;
        init => _persistent = value;
    }

    /// <summary>All that is routed to the peer and that it may send from: its addresses and the networks behind it.</summary>
    public IEnumerable<IpPrefix> Prefixes => Addresses.Select(IpPrefix.Host).Concat(AllowedAddresses);

    /// <summary>What may be sent to the peer in bytes per second, 1000 to 100 000 000 000; null (the default) for <see cref="NodeConfig.PeerRateLimit"/>.</summary>
    public long? RateLimit { get; init; }
}
