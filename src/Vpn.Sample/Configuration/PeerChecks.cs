using FifoVpn.Packets;

namespace FifoVpn.Configuration;

/// <summary>What must hold between the peers and the rendezvous servers of a node: one name, one address, one prefix, one owner.</summary>
internal static class PeerChecks
{
    /// <exception cref="ConfigException">The message names both places.</exception>
    public static void Check(ConfigSection section, NodeConfig config)
    {
        Dictionary<string, string> names = new(StringComparer.OrdinalIgnoreCase);
        Dictionary<IpPrefix, string> owners = [];
        if (config.Name is not null)
        {
            names.Add(config.Name, section.PlaceOf(ServiceKeys.Name));
        }

        for (int i = 0; i < config.Rendezvous.Count; i++)
        {
            Claim(names, config.Rendezvous[i].Name, $"rendezvous[{i}].name", $"\"{config.Rendezvous[i].Name}\"");
        }

        for (int i = 0; i < config.Addresses.Count; i++)
        {
            owners.Add(IpPrefix.Host(config.Addresses[i].Address), $"addresses[{i}]");
        }

        for (int i = 0; i < config.Peers.Count; i++)
        {
            PeerConfig peer = config.Peers[i];
            string place = $"peers[{i}]";
            Claim(names, peer.Name, $"{place}.name", $"\"{peer.Name}\"");
            for (int j = 0; j < peer.Addresses.Count; j++)
            {
                Claim(owners, IpPrefix.Host(peer.Addresses[j]), $"{place}.addresses[{j}]", peer.Addresses[j].ToString());
            }

            for (int j = 0; j < peer.AllowedAddresses.Count; j++)
            {
                Claim(owners, peer.AllowedAddresses[j], $"{place}.allowedAddresses[{j}]", peer.AllowedAddresses[j].ToString());
            }
        }

        void Claim<TKey>(Dictionary<TKey, string> owner, TKey key, string place, string what)
            where TKey : notnull
        {
            if (!owner.TryAdd(key, place))
            {
                throw new ConfigException($"{section.Source.Name}: {place}: {what} stands already at {owner[key]}; only one of the two can have it");
            }
        }
    }
}
