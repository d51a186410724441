using System.Net;
using FifoDtls;
using FifoVpn.Configuration;

namespace FifoVpn.Node;

/// <summary>What a node runs with, wherever it comes from: a configuration file or the demo.</summary>
internal sealed class VpnNodeOptions
{
    /// <summary>The MTU inside the tunnel when none is configured: with <see cref="DatagramOverhead"/> it fits a path of 1500 bytes over IPv4 and IPv6.</summary>
    public const int DefaultMtu = 1400;

    /// <summary>
    /// What DTLS 1.2 adds to a packet with the cipher suites in use: record header 13, explicit nonce 8, tag 16 bytes (RFC 6347 §4.1, RFC 5288 §3); ChaCha20-Poly1305 has no
    /// explicit nonce.
    /// </summary>
    public const int DatagramOverhead = 13 + 8 + 16;

    /// <summary>The node's name, for logs.</summary>
    public required string Name { get; init; }

    /// <summary>The UDP address to bind.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Certificate, key and trust; used for both roles.</summary>
    public required DtlsContext Context { get; init; }

    /// <summary>The peers that are talked to; all others are refused.</summary>
    public required IReadOnlyList<PeerConfig> Peers { get; init; }

    /// <summary>One handshake's deadline; after it a peer with an endpoint is called again.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
