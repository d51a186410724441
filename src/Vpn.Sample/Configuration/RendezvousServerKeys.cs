namespace FifoVpn.Configuration;

/// <summary>The keys of a rendezvous server's configuration.</summary>
internal static class RendezvousServerKeys
{
    /// <summary>There is seldom more than one server on a machine.</summary>
    public const string DefaultStatusSocket = $"{ServiceKeys.RuntimeFolder}/rendezvous.sock";

    public static readonly ConfigKey MaxNodes = ConfigKey.Integer("maxNodes", 1, 20_000, 1000);

    public static readonly ConfigKey RequestsPerSecond = ConfigKey.Integer("requestsPerSecond", 1, 10_000, 20, "per node");

    public static readonly ConfigKey Relay = ConfigKey.Boolean("relay", true);

    public static readonly ConfigKey RelayRateLimit = ServiceKeys.Rate("relayRateLimit", 1_000_000);

    public static readonly ConfigKey StatusSocket = ServiceKeys.StatusSocket(DefaultStatusSocket);

    public static readonly ConfigKey[] Root =
    [
        ServiceKeys.Name, ServiceKeys.Listen, ServiceKeys.Certificate, ServiceKeys.PrivateKey, ServiceKeys.Ca, ServiceKeys.Crl, ServiceKeys.LogLevel,
        ServiceKeys.LogFormat, MaxNodes, RequestsPerSecond, Relay, RelayRateLimit, ServiceKeys.Keepalive, StatusSocket,
        ServiceKeys.Metrics,
    ];
}
