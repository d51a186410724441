namespace FifoVpn.Configuration;

/// <summary>What the values of a node's configuration mean together, apart from who owns which name and address.</summary>
internal static class NodeChecks
{
    /// <exception cref="ConfigException">They contradict each other.</exception>
    public static void Check(ConfigSection section, NodeConfig config)
    {
        if (config.MaxPeers < config.Peers.Count)
        {
            throw section.Error(NodeKeys.MaxPeers, $"{config.MaxPeers} is less than the {config.Peers.Count} peers that are listed");
        }

        if (config.Peers.Count == 0 && !config.Discover)
        {
            section.Warn(NodeKeys.Peers, "the list is empty: there is nobody to talk to");
        }

        if (config.Discover && config.Rendezvous.Count == 0)
        {
            section.Warn(NodeKeys.Discover, "there is no rendezvous server: only nodes that call this one are found");
        }

        if (config.Mtu >= config.PathMtu)
        {
            section.Warn(NodeKeys.Mtu, $"packets of {config.Mtu} bytes and what the tunnel adds do not fit into pathMtu, {config.PathMtu}; remove mtu to have it computed");
        }

        for (int i = 0; i < config.Peers.Count; i++)
        {
            PeerConfig peer = config.Peers[i];
            if (peer.Persistent && peer.Endpoint is null && config.Rendezvous.Count == 0)
            {
                section.Source.Warn(
                    $"{section.Source.Name}: peers[{i}].persistent: \"{peer.Name}\" has no endpoint and there is no rendezvous server: this node can only wait for its call");
            }
        }
    }
}
