using FifoDtls;
using FifoVpn.Node;

namespace FifoVpn.Tests.Node;

/// <summary>How a test's node differs from the usual one.</summary>
internal sealed record TestNodeSettings
{
    public int Mtu { get; init; } = VpnNodeOptions.DefaultMtu;

    public TimeSpan HandshakeTimeout { get; init; } = TestNode.Limit;

    /// <summary>Default: with a certificate of the VPN's authority that carries the member's name and addresses.</summary>
    public DtlsContext? Context { get; init; }
}
