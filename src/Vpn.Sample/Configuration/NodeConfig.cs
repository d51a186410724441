using FifoVpn.Packets;

namespace FifoVpn.Configuration;

/// <summary>The configuration of one node, read from a JSON file and checked as a whole. Paths are absolute.</summary>
internal sealed class NodeConfig : ServiceConfig
{
    public const string DefaultDevice = "fifovpn0";
    public const int MinMtu = 576;
    public const int MinIPv6Mtu = 1280;
    public const int MaxMtu = 16384; // a record carries no more (RFC 5246 §6.2.1)

    /// <summary>The name of the TUN device.</summary>
    public string Device { get; init; } = DefaultDevice;

    /// <summary>The node's VPN addresses, at least one.</summary>
    public required IReadOnlyList<InterfaceAddress> Addresses { get; init; }

    /// <summary>The MTU inside the tunnel, <see cref="MinMtu"/> to <see cref="MaxMtu"/>; null leaves it to the node.</summary>
    public int? Mtu { get; init; }

    /// <summary>The largest IP packet that is ever tried on the outside, 1280 to 9216 bytes, 1500 by default.</summary>
    public int PathMtu { get; init; } = (int)NodeKeys.PathMtu.DefaultNumber!.Value;

    public required IReadOnlyList<PeerConfig> Peers { get; init; }

    /// <summary>The rendezvous servers that the node registers with, at most <see cref="NodeKeys.MaxRendezvous"/>; none by default.</summary>
    public IReadOnlyList<RendezvousConfig> Rendezvous { get; init; } = [];

    /// <summary>
    /// Whether nodes that are not among <see cref="Peers"/> are accepted and looked for, if their certificates carry addresses in one of this node's networks; false by default.
    /// </summary>
    public bool Discover { get; init; } = NodeKeys.Discover.DefaultFlag;

    /// <summary>Associations without inner packets for that long are closed, and come back on demand; 10 to 86400 s, null (the default) for never.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>What may be sent to all peers together, in bytes per second, 1000 to 100 000 000 000; null (the default) for no limit.</summary>
    public long? RateLimit { get; init; }

    /// <summary>The limit of each peer without a <see cref="PeerConfig.RateLimit"/> of its own, in bytes per second; null (the default) for no limit.</summary>
    public long? PeerRateLimit { get; init; }

    /// <summary>Whether packets are forwarded between peers, as a hub does; false by default.</summary>
    public bool Forward { get; init; } = NodeKeys.Forward.DefaultFlag;

    /// <summary>Whether packets cross the TUN device and the socket many at a time, where the system can do that; true by default.</summary>
    public bool Offload { get; init; } = NodeKeys.Offload.DefaultFlag;

    /// <summary>How many peers there may be at a time, 1 to 20000, 1000 by default; never less than <see cref="Peers"/> has.</summary>
    public int MaxPeers { get; init; } = (int)NodeKeys.MaxPeers.DefaultNumber!.Value;

    public HookConfig Hooks { get; init; } = HookConfig.None;

    /// <summary>
    /// The prefixes of all peers that need a route into the device: those that no network of the node's own addresses covers,
    /// for which the kernel makes a route by itself.
    /// </summary>
    public IEnumerable<IpPrefix> PrefixesToRoute => Peers
        .SelectMany(peer => peer.Prefixes)
        .Where(prefix => !Addresses.Any(address => address.Network.Contains(prefix)));

    /// <summary>Reads and checks the file alone.</summary>
    /// <exception cref="ConfigException">The file cannot be read, is no JSON, or something in it is wrong.</exception>
    public static NodeConfig Load(string path) => Load(path, ConfigOverrides.None);

    /// <summary>Reads and checks the file, with values from the environment and the command line in the place of its own.</summary>
    /// <exception cref="ConfigException">The file cannot be read, is no JSON, or a value is wrong; the message names where it comes from.</exception>
    public static NodeConfig Load(string path, ConfigOverrides overrides)
    {
        (string text, string folder) = ConfigText.ReadFile(path);
        return Parse(text, path, folder, overrides);
    }

    /// <param name="source">What errors call the text: the path as the user gave it.</param>
    /// <param name="folder">What relative paths in the text and in the overrides are relative to.</param>
    internal static NodeConfig Parse(string text, string source, string folder, ConfigOverrides? overrides = null)
    {
        ConfigSource origin = new(source, folder, overrides ?? ConfigOverrides.None);
        return ConfigText.Parse(text, source, root => new NodeConfigReader(origin).Read(root));
    }
}
