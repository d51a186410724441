using System.Net;
using System.Text;
using System.Text.Json;
using FifoVpn.Interop;
using FifoVpn.Packets;
using FifoVpn.Pki;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Configuration;

/// <summary>
/// Turns the JSON document into a <see cref="NodeConfig"/>; checks each value where it stands and then what values mean together.
/// </summary>
internal sealed class NodeConfigReader(string source, string folder)
{
    private readonly List<string> _warnings = [];

    public NodeConfig Read(JsonElement root)
    {
        ConfigSection section = new(
            source, "", root, "name", "device", "addresses", "mtu", "listen", "certificate", "privateKey", "ca", "logLevel", "peers");
        List<InterfaceAddress> addresses = ReadAddresses(section);
        string privateKey = ReadFilePath(section, "privateKey", "alpha.key");
        WarnIfReadableByAll(section.PathOf("privateKey"), privateKey);
        NodeConfig config = new()
        {
            Name = ReadName(section, section.OptionalString("name")),
            Device = ReadDevice(section),
            Addresses = addresses,
            Mtu = ReadMtu(section, addresses),
            Listen = ReadListen(section),
            CertificatePath = ReadFilePath(section, "certificate", "alpha.pem"),
            PrivateKeyPath = privateKey,
            CaPath = ReadFilePath(section, "ca", "ca.pem"),
            LogLevel = ReadLogLevel(section),
            Peers = ReadPeers(section),
            Warnings = _warnings,
        };
        PeerChecks.Check(source, config);
        return config;
    }

    private static List<InterfaceAddress> ReadAddresses(ConfigSection section)
    {
        List<InterfaceAddress> addresses = [];
        foreach ((string place, string text) in section.Strings("addresses", required: true))
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
            : throw section.Error("addresses", "is empty; write for example \"addresses\": [\"10.88.0.1/24\"]");
    }

    private static string? ReadName(ConfigSection section, string? name) =>
        name is null || NodeName.IsValid(name) ? name : throw section.Error("name", NodeName.Complaint(name));

    private static string ReadDevice(ConfigSection section)
    {
        string device = section.OptionalString("device") ?? NodeConfig.DefaultDevice;
        int bytes = Encoding.UTF8.GetByteCount(device);
        return bytes <= Libc.MaxInterfaceNameBytes
            ? device
            : throw section.Error("device", $"\"{device}\" has {bytes} bytes; an interface name has at most {Libc.MaxInterfaceNameBytes}");
    }

    private static int? ReadMtu(ConfigSection section, List<InterfaceAddress> addresses)
    {
        int? mtu = section.OptionalInteger("mtu", NodeConfig.MinMtu, NodeConfig.MaxMtu);
        return mtu >= NodeConfig.MinIPv6Mtu || mtu is null || !addresses.Any(address => address.Address.IsIPv6)
            ? mtu
            : throw section.Error("mtu", $"{mtu} is too small for IPv6; with an IPv6 address it is at least {NodeConfig.MinIPv6Mtu}");
    }

    private static IPEndPoint ReadListen(ConfigSection section)
    {
        string text = section.RequiredString("listen", "0.0.0.0:4443");
        return PeerEndpoint.TryParseListen(text, out IPEndPoint? listen)
            ? listen
            : throw section.Error("listen", $"\"{text}\" is not ADDRESS:PORT; write 0.0.0.0:4443 or [::]:4443");
    }

    private static LogLevel ReadLogLevel(ConfigSection section)
    {
        string text = section.OptionalString("logLevel") ?? nameof(LogLevel.Information);
        string? name = Enum.GetNames<LogLevel>().FirstOrDefault(level => level.Equals(text, StringComparison.OrdinalIgnoreCase));
        return name is not null
            ? Enum.Parse<LogLevel>(name)
            : throw section.Error("logLevel", $"\"{text}\" is not one of {string.Join(", ", Enum.GetNames<LogLevel>())}");
    }

    private string ReadFilePath(ConfigSection section, string key, string example)
    {
        string text = section.RequiredString(key, example);
        string path = Path.GetFullPath(text, folder);
        return File.Exists(path) ? path : throw section.Error(key, $"there is no file {path}");
    }

    private void WarnIfReadableByAll(string place, string path)
    {
        const UnixFileMode others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & others) != 0)
        {
            _warnings.Add($"{source}: {place}: every user of this machine can read or change {path}; chmod 600 it");
        }
    }

    private List<PeerConfig> ReadPeers(ConfigSection section)
    {
        List<PeerConfig> peers = [];
        foreach ((string place, JsonElement element) in section.Elements("peers", required: true))
        {
            peers.Add(ReadPeer(new ConfigSection(source, place, element, "name", "addresses", "endpoint", "allowedAddresses")));
        }

        if (peers.Count == 0)
        {
            _warnings.Add($"{source}: {section.PathOf("peers")}: the list is empty: there is nobody to talk to");
        }

        return peers;
    }

    private static PeerConfig ReadPeer(ConfigSection section)
    {
        string name = section.RequiredString("name", "beta");
        return new PeerConfig
        {
            Name = ReadName(section, name)!,
            Addresses = ReadPeerAddresses(section),
            Endpoint = ReadEndpoint(section),
            AllowedAddresses = ReadAllowedAddresses(section),
        };
    }

    private static List<VpnAddress> ReadPeerAddresses(ConfigSection section)
    {
        List<VpnAddress> addresses = [];
        foreach ((string place, string text) in section.Strings("addresses", required: true))
        {
            if (!VpnAddress.TryParse(text, out VpnAddress address))
            {
                string cure = text.Contains('/', StringComparison.Ordinal)
                    ? "write it without /LENGTH; networks belong into allowedAddresses"
                    : "write for example 10.88.0.2 or fd88::2";
                throw section.Error(place, $"\"{text}\" is not an IP address; {cure}");
            }

            addresses.Add(address.IsAssignable ? address : throw section.Error(place, $"{address} cannot be the address of a node"));
        }

        return addresses.Count > 0
            ? addresses
            : throw section.Error("addresses", "is empty; write for example \"addresses\": [\"10.88.0.2\"]");
    }

    private static PeerEndpoint? ReadEndpoint(ConfigSection section)
    {
        string? text = section.OptionalString("endpoint");
        if (text is null)
        {
            return null;
        }

        return PeerEndpoint.TryParse(text, out PeerEndpoint? endpoint)
            ? endpoint
            : throw section.Error(
                "endpoint", $"\"{text}\" is not HOST:PORT; write 192.0.2.2:4443, [2001:db8::2]:4443 or host.example:4443");
    }

    private static List<IpPrefix> ReadAllowedAddresses(ConfigSection section)
    {
        List<IpPrefix> prefixes = [];
        foreach ((string place, string text) in section.Strings("allowedAddresses", required: false))
        {
            prefixes.Add(IpPrefix.TryParse(text, out IpPrefix prefix, out string? error) ? prefix : throw section.Error(place, error));
        }

        return prefixes;
    }
}
