using FifoVpn.Packets;

namespace FifoVpn.Node;

/// <summary>What the discovery needs of its node.</summary>
internal interface IDiscoveryNode
{
    /// <summary>Whether a node may have the address.</summary>
    bool IsToBeFound(VpnAddress address);

    /// <summary>Asks who has the address, and makes it a peer that is about to be called. Waits.</summary>
    VpnPeer? Find(VpnAddress address, TimeSpan limit);

    /// <summary>A packet whose destination nobody has is dropped.</summary>
    void CountUnfound();
}
