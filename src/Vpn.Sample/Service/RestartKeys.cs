using FifoVpn.Configuration;

namespace FifoVpn.Service;

/// <summary>Which keys of a node's configuration take effect on a reload, and which need a restart.</summary>
internal static partial class RestartKeys
{
    /// <summary>Those that a running node takes over.</summary>
    public static IReadOnlyList<ConfigKey> Reloadable { get; } =
        [NodeKeys.Peers, ServiceKeys.Crl, ServiceKeys.LogLevel, NodeKeys.RateLimit, NodeKeys.PeerRateLimit, NodeKeys.Hooks];

    private static readonly (ConfigKey Key, Func<NodeConfig, object?> Value)[] Compared =
    [
        (ServiceKeys.Name, config => config.Name),
        (NodeKeys.Device, config => config.Device),
        (NodeKeys.Addresses, config => string.Join(' ', config.Addresses)),
        (NodeKeys.Mtu, config => config.Mtu),
        (NodeKeys.PathMtu, config => config.PathMtu),
        (ServiceKeys.Listen, config => config.Listen),
        (ServiceKeys.Certificate, config => config.CertificatePath),
        (ServiceKeys.PrivateKey, config => config.PrivateKeyPath),
        (ServiceKeys.Ca, config => config.CaPath),
        (ServiceKeys.LogFormat, config => config.LogFormat),
        (NodeKeys.Rendezvous, config => string.Join(' ', config.Rendezvous.Select(server => $"{server.Name}={server.Endpoint}"))),
        (NodeKeys.Discover, config => config.Discover),
        (ServiceKeys.Keepalive, config => config.Keepalive),
        (NodeKeys.IdleTimeout, config => config.IdleTimeout),
        (NodeKeys.Forward, config => config.Forward),
        (NodeKeys.Offload, config => config.Offload),
        (NodeKeys.MaxPeers, config => config.MaxPeers),
        (NodeKeys.StatusSocket, config => config.StatusSocket),
        (ServiceKeys.Metrics, config => config.Metrics),
    ];

    /// <summary>Those that count only when the node starts.</summary>
    public static IEnumerable<ConfigKey> NeedingRestart => Compared.Select(entry => entry.Key);

    /// <summary>The keys that need a restart and have another value than at the start.</summary>
    public static IReadOnlyList<string> Changed(NodeConfig started, NodeConfig now)
    {
        List<string> changed = [.. Compared.Where(entry => !Equals(entry.Value(started), entry.Value(now))).Select(entry => entry.Key.Name)];
        if ((started.RevocationListPaths.Count == 0) != (now.RevocationListPaths.Count == 0))
        {
            changed.Add(ServiceKeys.Crl.Name); // whether revocation is checked at all belongs to the context
        }

        return changed;
    }

    /// <summary>The keys whose files are not what they were.</summary>
    public static IEnumerable<string> Changed(CredentialFiles started, CredentialFiles now)
    {
        if (started.Certificate != now.Certificate)
        {
            yield return ServiceKeys.Certificate.Name;
        }

        if (started.PrivateKey != now.PrivateKey)
        {
            yield return ServiceKeys.PrivateKey.Name;
        }

        if (started.Ca != now.Ca)
        {
            yield return ServiceKeys.Ca.Name;
        }
    }
}
