using System.Text.Json;
using FifoVpn.Packets;

namespace FifoVpn.Configuration;

/// <content>The list of peers.</content>
internal sealed partial class NodeConfigReader
{
    private List<PeerConfig> ReadPeers(ConfigSection section, bool required)
    {
        List<PeerConfig> peers = [];
        foreach ((string place, JsonElement element) in section.Elements(NodeKeys.Peers, required))
        {
            peers.Add(ReadPeer(EntryOf(NodeKeys.Peers, place, element, NodeKeys.Peer)));
        }

        return peers;
    }

    private static PeerConfig ReadPeer(ConfigSection section)
    {
        string name = ReadRequiredName(section, NodeKeys.PeerName);
        List<VpnAddress> addresses = ReadPeerAddresses(section);
        PeerEndpoint? endpoint = ReadEndpoint(section, NodeKeys.PeerEndpoint);
        return new PeerConfig
        {
            Name = name,
            Addresses = addresses,
            Endpoint = endpoint,
            AllowedAddresses = ReadAllowedAddresses(section),
            Persistent = section.OptionalFlag(NodeKeys.PeerPersistent) ?? endpoint is not null,
            RateLimit = section.Integer(NodeKeys.PeerOwnRateLimit),
        };
    }

    private static List<VpnAddress> ReadPeerAddresses(ConfigSection section)
    {
        List<VpnAddress> addresses = [];
        foreach ((string place, string text) in section.Strings(NodeKeys.PeerAddresses, required: true))
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
            : throw section.Error(NodeKeys.PeerAddresses, "is empty; write for example \"addresses\": [\"10.88.0.2\"]");
    }

    private static List<IpPrefix> ReadAllowedAddresses(ConfigSection section)
    {
        List<IpPrefix> prefixes = [];
        foreach ((string place, string text) in section.Strings(NodeKeys.PeerAllowedAddresses))
        {
            prefixes.Add(IpPrefix.TryParse(text, out IpPrefix prefix, out string? error) ? prefix : throw section.Error(place, error));
        }

        return prefixes;
    }
}
