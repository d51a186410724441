using FifoVpn.Interop;

namespace FifoVpn.Configuration;

/// <summary>The keys of a node's configuration.</summary>
internal static class NodeKeys
{
    /// <summary>More would only multiply the traffic of the registrations.</summary>
    public const int MaxRendezvous = 8;

    public static readonly ConfigKey Device =
        ConfigKey.Optional("device", ConfigKind.Text, $"1 to {Libc.MaxInterfaceNameBytes} bytes, no slash, colon or space", NodeConfig.DefaultDevice);

    public static readonly ConfigKey Addresses = ConfigKey.Required("addresses", ConfigKind.List, "ADDRESS/LENGTH, at least one", "10.88.0.1/24");

    public static readonly ConfigKey Mtu =
        ConfigKey.Integer("mtu", NodeConfig.MinMtu, NodeConfig.MaxMtu, null, "bytes", defaultText: "what fits into pathMtu");

    public static readonly ConfigKey PathMtu = ConfigKey.Integer("pathMtu", 1280, 9216, 1500, "bytes");

    public static readonly ConfigKey Peers = ConfigKey.Optional("peers", ConfigKind.List, "objects", "required; empty if discover is true");

    public static readonly ConfigKey Rendezvous = ConfigKey.Optional("rendezvous", ConfigKind.List, $"up to {MaxRendezvous} objects");

    public static readonly ConfigKey Discover = ConfigKey.Boolean("discover", false);

    public static readonly ConfigKey IdleTimeout = ConfigKey.Integer("idleTimeout", 10, 86400, 0, "seconds", alsoZero: true);

    public static readonly ConfigKey RateLimit = ServiceKeys.Rate("rateLimit", null);

    public static readonly ConfigKey PeerRateLimit = ServiceKeys.Rate("peerRateLimit", null);

    public static readonly ConfigKey Forward = ConfigKey.Boolean("forward", false);

    public static readonly ConfigKey Offload = ConfigKey.Boolean("offload", true);

    public static readonly ConfigKey MaxPeers = ConfigKey.Integer("maxPeers", 1, 20_000, 1000);

    public static readonly ConfigKey StatusSocket = ServiceKeys.StatusSocket($"{ServiceKeys.RuntimeFolder}/DEVICE.sock");

    public static readonly ConfigKey Hooks = ConfigKey.Optional("hooks", ConfigKind.Object, "object");

    public static readonly ConfigKey PeerName = ConfigKey.Required("name", ConfigKind.Text, "as name", "beta");

    public static readonly ConfigKey PeerAddresses = ConfigKey.Required("addresses", ConfigKind.List, "addresses, at least one", "10.88.0.2");

    public static readonly ConfigKey PeerEndpoint = ConfigKey.Optional("endpoint", ConfigKind.Text, "HOST:PORT");

    public static readonly ConfigKey PeerAllowedAddresses = ConfigKey.Optional("allowedAddresses", ConfigKind.List, "NETWORK/LENGTH");

    public static readonly ConfigKey PeerPersistent = ConfigKey.Optional("persistent", ConfigKind.Boolean, "true, false", "true if there is an endpoint");

    public static readonly ConfigKey PeerOwnRateLimit = ConfigKey.Integer(
        "rateLimit", ServiceKeys.MinRate, ServiceKeys.MaxRate, null, "bytes per second", defaultText: "peerRateLimit");

    public static readonly ConfigKey RendezvousName = ConfigKey.Required("name", ConfigKind.Text, "as name", "meeting-point");

    public static readonly ConfigKey RendezvousEndpoint = ConfigKey.Required("endpoint", ConfigKind.Text, "HOST:PORT", "rendezvous.example:4443");

    public static readonly ConfigKey HookUp = ConfigKey.Optional("up", ConfigKind.List, "program, arguments");

    public static readonly ConfigKey HookDown = ConfigKey.Optional("down", ConfigKind.List, "program, arguments");

    /// <summary>The keys of the outermost object.</summary>
    public static readonly ConfigKey[] Root =
    [
        ServiceKeys.Name, Device, Addresses, Mtu, PathMtu, ServiceKeys.Listen, ServiceKeys.Certificate, ServiceKeys.PrivateKey, ServiceKeys.Ca, ServiceKeys.Crl,
        ServiceKeys.LogLevel, ServiceKeys.LogFormat, Peers, Rendezvous, Discover, ServiceKeys.Keepalive, IdleTimeout, RateLimit, PeerRateLimit, Forward, Offload, MaxPeers,
        StatusSocket, ServiceKeys.Metrics, Hooks,
    ];

    public static readonly ConfigKey[] Peer = [PeerName, PeerAddresses, PeerEndpoint, PeerAllowedAddresses, PeerPersistent, PeerOwnRateLimit];

    public static readonly ConfigKey[] RendezvousEntry = [RendezvousName, RendezvousEndpoint];

    public static readonly ConfigKey[] Hook = [HookUp, HookDown];
}
