using FifoVpn.Configuration;

namespace FifoVpn.Service;

// Of a rendezvous server's configuration.
internal static partial class RestartKeys
{
    /// <summary>Those that a running rendezvous server takes over.</summary>
    public static IReadOnlyList<ConfigKey> ReloadableByServer { get; } = [ServiceKeys.Crl, ServiceKeys.LogLevel];

    private static readonly (ConfigKey Key, Func<RendezvousServerConfig, object?> Value)[] ComparedByServer =
    [
        (ServiceKeys.Name, config => config.Name),
        (ServiceKeys.Listen, config => config.Listen),
        (ServiceKeys.Certificate, config => config.CertificatePath),
        (ServiceKeys.PrivateKey, config => config.PrivateKeyPath),
        (ServiceKeys.Ca, config => config.CaPath),
        (ServiceKeys.LogFormat, config => config.LogFormat),
        (RendezvousServerKeys.MaxNodes, config => config.MaxNodes),
        (RendezvousServerKeys.RequestsPerSecond, config => config.RequestsPerSecond),
        (RendezvousServerKeys.Relay, config => config.Relay),
        (RendezvousServerKeys.RelayRateLimit, config => config.RelayRateLimit),
        (ServiceKeys.Keepalive, config => config.Keepalive),
        (RendezvousServerKeys.StatusSocket, config => config.StatusSocket),
        (ServiceKeys.Metrics, config => config.Metrics),
    ];

    /// <summary>Those that count only when the rendezvous server starts.</summary>
    public static IEnumerable<ConfigKey> NeedingRestartOfServer => ComparedByServer.Select(entry => entry.Key);

    /// <summary>The keys that need a restart and have another value than at the start.</summary>
    public static IReadOnlyList<string> Changed(RendezvousServerConfig started, RendezvousServerConfig now)
    {
        List<string> changed = [.. ComparedByServer.Where(entry => !Equals(entry.Value(started), entry.Value(now))).Select(entry => entry.Key.Name)];
        if ((started.RevocationListPaths.Count == 0) != (now.RevocationListPaths.Count == 0))
        {
            changed.Add(ServiceKeys.Crl.Name); // whether revocation is checked at all belongs to the context
        }

        return changed;
    }
}
