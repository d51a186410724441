using System.Diagnostics.CodeAnalysis;
using FifoVpn.Packets;

namespace FifoVpn.Rendezvous;

/// <summary>Whose which address is. A prefix has one owner: the first, until it goes. Not thread-safe: the registry's.</summary>
internal sealed class PrefixClaims
{
    private readonly Dictionary<IpPrefix, RendezvousNode> _owners = [];
    private readonly int[] _ipv4 = new int[VpnAddress.IPv4Bits + 1]; // how many prefixes there are of each length
    private readonly int[] _ipv6 = new int[VpnAddress.IPv6Bits + 1];

    public int Count => _owners.Count;

    /// <param name="predecessor">Whose prefixes the node may take; null: nobody's.</param>
    /// <param name="owner">When it fails: whose the prefix is.</param>
    public bool TryClaim(IpPrefix prefix, RendezvousNode node, RendezvousNode? predecessor, [NotNullWhen(false)] out RendezvousNode? owner)
    {
        if (!_owners.TryGetValue(prefix, out owner))
        {
            Lengths(prefix)[prefix.Length]++;
        }
        else if (owner != node && owner != predecessor)
        {
            return false;
        }

        _owners[prefix] = node;
        return true;
    }

    /// <returns>Whether the prefix was the node's, and is nobody's now.</returns>
    public bool Release(IpPrefix prefix, RendezvousNode node)
    {
        if (!_owners.TryGetValue(prefix, out RendezvousNode? owner) || owner != node)
        {
            return false;
        }

        _owners.Remove(prefix);
        Lengths(prefix)[prefix.Length]--;
        return true;
    }

    /// <summary>The owner of the longest prefix that holds the address.</summary>
    public bool TryFind(VpnAddress address, [NotNullWhen(true)] out RendezvousNode? owner)
    {
        int[] lengths = address.IsIPv6 ? _ipv6 : _ipv4;
        for (int length = address.BitLength; length >= 0; length--)
        {
            if (lengths[length] > 0 && _owners.TryGetValue(IpPrefix.Containing(address, length), out owner))
            {
                return true;
            }
        }

        owner = null;
        return false;
    }

    private int[] Lengths(IpPrefix prefix) => prefix.Network.IsIPv6 ? _ipv6 : _ipv4;
}
