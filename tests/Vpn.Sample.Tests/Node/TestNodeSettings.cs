using FifoDtls;
using FifoVpn.Node;

namespace FifoVpn.Tests.Node;

/// <summary>How a test's node differs from the usual one.</summary>
internal sealed record TestNodeSettings
{
    public int Mtu { get; init; } = VpnNodeOptions.DefaultMtu;

    public TimeSpan HandshakeTimeout { get; init; } = TestNode.Limit;

    public TimeSpan Keepalive { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan PathMtuRaiseInterval { get; init; } = TimeSpan.FromMinutes(10);

    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Whether the node knows its own addresses and their networks.</summary>
    public bool HasAddresses { get; init; }

    public bool Discover { get; init; }

    public bool Forward { get; init; }

    public long? RateLimit { get; init; }

    public long? PeerRateLimit { get; init; }

    public int MaxPeers { get; init; } = 1_000;

    /// <summary>Default: with a certificate of the VPN's authority that carries the member's name and addresses.</summary>
    public DtlsContext? Context { get; init; }
}
