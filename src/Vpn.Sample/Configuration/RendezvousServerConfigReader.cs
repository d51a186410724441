using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Configuration;

/// <summary>Turns the JSON document into a <see cref="RendezvousServerConfig"/>.</summary>
internal sealed class RendezvousServerConfigReader(ConfigSource source) : ServiceConfigReader(source)
{
    public RendezvousServerConfig Read(JsonElement root)
    {
        ConfigSection section = new(Source, "", root, RendezvousServerKeys.Root, overridePath: "");
        RendezvousServerConfig config = new()
        {
            Name = ReadName(section, ServiceKeys.Name),
            Listen = ReadListen(section),
            CertificatePath = ReadFilePath(section, ServiceKeys.Certificate),
            PrivateKeyPath = ReadPrivateKey(section),
            CaPath = ReadFilePath(section, ServiceKeys.Ca),
            RevocationListPaths = ReadRevocationLists(section),
            LogLevel = section.Choice<LogLevel>(ServiceKeys.LogLevel),
            LogFormat = section.Choice<LogFormat>(ServiceKeys.LogFormat),
            MaxNodes = section.RequiredInteger(RendezvousServerKeys.MaxNodes),
            RequestsPerSecond = section.RequiredInteger(RendezvousServerKeys.RequestsPerSecond),
            Relay = section.Flag(RendezvousServerKeys.Relay),
            RelayRateLimit = section.Integer(RendezvousServerKeys.RelayRateLimit)!.Value,
            Keepalive = ReadKeepalive(section),
            StatusSocket = ReadStatusSocket(section, RendezvousServerKeys.StatusSocket, RendezvousServerKeys.DefaultStatusSocket),
            Metrics = ReadMetrics(section),
            Warnings = Source.Warnings,
        };
        Source.CheckOverrides(RendezvousServerKeys.Root);
        return config;
    }
}
