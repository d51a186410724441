using System.Text;
using System.Text.Json;
using FifoVpn.Interop;
using FifoVpn.Packets;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Configuration;

/// <summary>
/// Turns the JSON document into a <see cref="NodeConfig"/>; checks each value where it stands and then what values mean together.
/// </summary>
internal sealed partial class NodeConfigReader(ConfigSource source) : ServiceConfigReader(source)
{
    public NodeConfig Read(JsonElement root)
    {
        ConfigSection section = new(Source, "", root, NodeKeys.Root, overridePath: "");
        List<InterfaceAddress> addresses = ReadAddresses(section);
        string device = ReadDevice(section);
        bool discover = section.Flag(NodeKeys.Discover);
        int idleSeconds = section.RequiredInteger(NodeKeys.IdleTimeout);
        NodeConfig config = new()
        {
            Name = ReadName(section, ServiceKeys.Name),
            Device = device,
            Addresses = addresses,
            Mtu = ReadMtu(section, addresses),
            PathMtu = section.RequiredInteger(NodeKeys.PathMtu),
            Listen = ReadListen(section),
            CertificatePath = ReadFilePath(section, ServiceKeys.Certificate),
            PrivateKeyPath = ReadPrivateKey(section),
            CaPath = ReadFilePath(section, ServiceKeys.Ca),
            RevocationListPaths = ReadRevocationLists(section),
            LogLevel = section.Choice<LogLevel>(ServiceKeys.LogLevel),
            LogFormat = section.Choice<LogFormat>(ServiceKeys.LogFormat),
            Peers = ReadPeers(section, required: !discover),
            Rendezvous = ReadRendezvous(section),
            Discover = discover,
            Keepalive = ReadKeepalive(section),
            IdleTimeout = idleSeconds == 0 ? null : TimeSpan.FromSeconds(idleSeconds),
            RateLimit = section.Integer(NodeKeys.RateLimit),
            PeerRateLimit = section.Integer(NodeKeys.PeerRateLimit),
            Forward = section.Flag(NodeKeys.Forward),
            Offload = section.Flag(NodeKeys.Offload),
            MaxPeers = section.RequiredInteger(NodeKeys.MaxPeers),
            StatusSocket = ReadStatusSocket(section, NodeKeys.StatusSocket, $"{ServiceKeys.RuntimeFolder}/{device}.sock"),
            Metrics = ReadMetrics(section),
            Hooks = ReadHooks(section),
            Warnings = Source.Warnings,
        };
        Source.CheckOverrides(NodeKeys.Root);
        PeerChecks.Check(section, config);
        NodeChecks.Check(section, config);
        return config;
    }

    private static List<InterfaceAddress> ReadAddresses(ConfigSection section)
    {
        List<InterfaceAddress> addresses = [];
        foreach ((string place, string text) in section.Strings(NodeKeys.Addresses, required: true))
        {
            if (!InterfaceAddress.TryParse(text, out InterfaceAddress address, out string? error))
            {
                // The general advice for a bare address, a /32, is not what a node wants.
                string? example = VpnAddress.TryParse(text, out VpnAddress bare) ? $"{text}/{(bare.IsIPv6 ? 64 : 24)}" : null;
                throw section.Error(place, example is null
                    ? error
                    : $"\"{text}\" has no prefix length; write the length of the VPN's network behind it, for example {example}");
            }

            if (!address.Address.IsAssignable)
            {
                throw section.Error(place, $"{address.Address} cannot be the address of a node");
            }

            if (addresses.Any(other => other.Address == address.Address))
            {
                throw section.Error(place, $"{address.Address} stands twice; remove one");
            }

            addresses.Add(address);
        }

        return addresses.Count > 0
            ? addresses
            : throw section.Error(NodeKeys.Addresses, "is empty; write for example \"addresses\": [\"10.88.0.1/24\"]");
    }

    private static string ReadDevice(ConfigSection section)
    {
        string device = section.Text(NodeKeys.Device) ?? NodeConfig.DefaultDevice;
        int bytes = Encoding.UTF8.GetByteCount(device);
        if (bytes > Libc.MaxInterfaceNameBytes)
        {
            throw section.Error(NodeKeys.Device, $"\"{device}\" has {bytes} bytes; an interface name has at most {Libc.MaxInterfaceNameBytes}");
        }

        // What the kernel refuses with no more than "invalid argument".
        bool valid = device is not ("." or "..") && !device.Any(c => c is '/' or ':' || char.IsWhiteSpace(c) || char.IsControl(c));
        return valid ? device : throw section.Error(NodeKeys.Device, $"\"{device}\" is no interface name; it has no slashes, colons or spaces");
    }

    private static int? ReadMtu(ConfigSection section, List<InterfaceAddress> addresses)
    {
        int? mtu = (int?)section.Integer(NodeKeys.Mtu);
        return mtu >= NodeConfig.MinIPv6Mtu || mtu is null || !addresses.Any(address => address.Address.IsIPv6)
            ? mtu
            : throw section.Error(NodeKeys.Mtu, $"{mtu} is too small for IPv6; with an IPv6 address it is at least {NodeConfig.MinIPv6Mtu}");
    }

    private List<RendezvousConfig> ReadRendezvous(ConfigSection section)
    {
        List<RendezvousConfig> servers = [];
        foreach ((string place, JsonElement element) in section.Elements(NodeKeys.Rendezvous))
        {
            ConfigSection server = EntryOf(NodeKeys.Rendezvous, place, element, NodeKeys.RendezvousEntry);
            string name = ReadRequiredName(server, NodeKeys.RendezvousName);
            server.RequiredText(NodeKeys.RendezvousEndpoint);
            servers.Add(new RendezvousConfig(name, ReadEndpoint(server, NodeKeys.RendezvousEndpoint)!));
        }

        return servers.Count <= NodeKeys.MaxRendezvous
            ? servers
            : throw section.Error(NodeKeys.Rendezvous, $"there are {servers.Count} servers; at most {NodeKeys.MaxRendezvous} are allowed");
    }

    /// <summary>An object of a list, which --set calls LIST.NAME.</summary>
    private ConfigSection EntryOf(ConfigKey list, string place, JsonElement element, ConfigKey[] keys)
    {
        string? name = element.ValueKind == JsonValueKind.Object && element.TryGetProperty(NodeKeys.PeerName.Name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? $"{list.Name}.{value.GetString()}"
            : null;
        if (name is not null)
        {
            Source.AddEntry(name, keys);
        }

        return new ConfigSection(Source, place, element, keys, name);
    }

    private HookConfig ReadHooks(ConfigSection section) => section.Section(NodeKeys.Hooks, NodeKeys.Hook) is { } hooks
        ? new HookConfig(ReadProgram(hooks, NodeKeys.HookUp), ReadProgram(hooks, NodeKeys.HookDown))
        : HookConfig.None;
}
