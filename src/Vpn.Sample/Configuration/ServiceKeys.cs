using Microsoft.Extensions.Logging;

namespace FifoVpn.Configuration;

/// <summary>The keys that a node and a rendezvous server have in common.</summary>
internal static class ServiceKeys
{
    /// <summary>The word that turns the status socket off.</summary>
    public const string StatusSocketOff = "none";

    /// <summary>The folder of the default status sockets.</summary>
    public const string RuntimeFolder = "/run/fifovpn";

    /// <summary>Of a Unix socket: sun_path has 108 bytes on Linux, one of them is the zero at the end.</summary>
    public const int MaxSocketPathBytes = 107;

    /// <summary>In bytes per second.</summary>
    public const long MinRate = 1000;

    /// <summary>In bytes per second.</summary>
    public const long MaxRate = 100_000_000_000;

    public static readonly ConfigKey Name = ConfigKey.Optional("name", ConfigKind.Text, "1 to 63 letters, digits, dots, hyphens", "the certificate's common name");

    public static readonly ConfigKey Listen = ConfigKey.Required("listen", ConfigKind.Text, "ADDRESS:PORT", "0.0.0.0:4443");

    public static readonly ConfigKey Certificate = ConfigKey.Required("certificate", ConfigKind.Text, "path", "alpha.pem");

    public static readonly ConfigKey PrivateKey = ConfigKey.Required("privateKey", ConfigKind.Text, "path", "alpha.key");

    public static readonly ConfigKey Ca = ConfigKey.Required("ca", ConfigKind.Text, "path", "ca.pem");

    public static readonly ConfigKey Crl = ConfigKey.Optional("crl", ConfigKind.TextOrList, "path, or list of paths");

    public static readonly ConfigKey LogLevel = ConfigKey.Choice("logLevel", nameof(Microsoft.Extensions.Logging.LogLevel.Information), Enum.GetNames<LogLevel>());

    public static readonly ConfigKey LogFormat = ConfigKey.Choice("logFormat", "text", "text", "json");

    public static readonly ConfigKey Keepalive = ConfigKey.Integer("keepalive", 1, 3600, 10, "seconds");

    public static readonly ConfigKey Metrics = ConfigKey.Optional("metrics", ConfigKind.Text, "ADDRESS:PORT, a loopback address");

    public static ConfigKey StatusSocket(string defaultText) =>
        ConfigKey.Optional("statusSocket", ConfigKind.Text, $"path of 1 to {MaxSocketPathBytes} bytes, or \"{StatusSocketOff}\"", defaultText);

    public static ConfigKey Rate(string name, long? defaultValue) => ConfigKey.Integer(name, MinRate, MaxRate, defaultValue, "bytes per second");
}
