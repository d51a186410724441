using System.Net;
using FifoDtls;
using FifoVpn.Configuration;
using FifoVpn.Packets;

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

    /// <summary>What IP and UDP add to a datagram: 40 + 8 over IPv6, 20 + 8 over IPv4.</summary>
    public const int IPv6Overhead = 40 + 8;

    /// <summary>The packet that every path is taken to carry: IPv6 requires 1280 bytes of every link (RFC 8200 §5).</summary>
    public const int SafePacket = 1280 - IPv6Overhead - DatagramOverhead;

    /// <summary>The scope of resumable sessions.</summary>
    public const string SessionScope = "fifovpn";

    /// <summary>How long a session can be resumed after its full handshake: a node that moves has mostly been where it was for hours.</summary>
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromDays(1);

    /// <summary>The node's name, that of its certificate.</summary>
    public required string Name { get; init; }

    /// <summary>The UDP address to bind.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Certificate, key and trust; used for both roles.</summary>
    public required DtlsContext Context { get; init; }

    /// <summary>The node's own VPN addresses. Without one there is no discovery, and packets that are too large get no answer.</summary>
    public IReadOnlyList<InterfaceAddress> Addresses { get; init; } = [];

    /// <summary>The peers that are talked to; all others are refused, unless <see cref="Discover"/>.</summary>
    public required IReadOnlyList<PeerConfig> Peers { get; init; }

    /// <summary>The rendezvous servers to register with.</summary>
    public IReadOnlyList<RendezvousConfig> Rendezvous { get; init; } = [];

    /// <summary>Whether nodes that are no configured peers are talked to, if their certificates carry addresses of the node's own networks.</summary>
    public bool Discover { get; init; }

    /// <summary>Whether packets from a peer to another are forwarded.</summary>
    public bool Forward { get; init; }

    /// <summary>Whether datagrams cross the socket in trains where the system can do that.</summary>
    public bool Offload { get; init; } = true;

    /// <summary>What may be sent to all peers together, in bytes of packets per second; null: no limit.</summary>
    public long? RateLimit { get; init; }

    /// <summary>What may be sent to each peer that has no rate of its own; null: no limit.</summary>
    public long? PeerRateLimit { get; init; }

    /// <summary>The most peers, configured and discovered.</summary>
    public int MaxPeers { get; init; } = 1_000;

    /// <summary>After that time without a sign of life a peer is pinged; after twice that time it is dead.</summary>
    public TimeSpan Keepalive { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After that time without packets an association with a peer that is not persistent is closed; null: never.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>How often a path that carries less than the largest packets is tried for more (PMTU_RAISE_TIMER, RFC 8899 §5.1.1).</summary>
    public TimeSpan PathMtuRaiseInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>One handshake's deadline; after it a persistent peer is called again.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
