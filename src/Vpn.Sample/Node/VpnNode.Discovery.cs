using FifoVpn.Configuration;
using FifoVpn.Control;
using FifoVpn.Packets;
using FifoVpn.Pki;
using FifoVpn.Rendezvous;

namespace FifoVpn.Node;

// Peers that are not configured but found: by their certificates when they call, by the rendezvous servers when they are to be called.
internal sealed partial class VpnNode : IDiscoveryNode
{
    /// <summary>A caller that is not known, but has a certificate of the VPN's CA.</summary>
    private VpnPeer? Discover(CertificateIdentity identity, ref ByeReason reason, ref string refusal)
    {
        if (!MayBeFound(identity, null, ref refusal))
        {
            return null;
        }

        if (Expect(identity.Name, []) is { } peer)
        {
            return peer;
        }

        reason = ByeReason.TableFull;
        refusal = $"\"{identity.Name}\" is one too many: there are {_options.MaxPeers} peers";
        return null;
    }

    /// <summary>Whether a certificate is good for a discovered peer: it has addresses here, and none that somebody else has.</summary>
    private bool MayBeFound(CertificateIdentity identity, VpnPeer? peer, ref string refusal)
    {
        VpnAddress[] addresses = [.. identity.Addresses.Where(IsInOwnNetworks)];
        if (addresses.Length == 0)
        {
            refusal = $"the certificate of \"{identity.Name}\" carries no address of this node's networks";
        }
        else if (identity.Name == Name || Array.Exists(addresses, IsOwn))
        {
            refusal = $"the certificate of \"{identity.Name}\" carries this node's own name or address";
        }
        else if (Array.Find(addresses, address => _directory.IsTaken(address, peer)) is { IsAssignable: true } taken)
        {
            refusal = $"the certificate of \"{identity.Name}\" carries {taken}, which another peer has";
        }

        return refusal.Length == 0;
    }

    /// <summary>Makes a peer of somebody who has yet to prove who it is.</summary>
    /// <returns>The peer, or null when there are too many.</returns>
    private VpnPeer? Expect(string name, IReadOnlyList<VpnAddress> addresses)
    {
        if (name == Name || !NodeName.IsValid(name))
        {
            return null;
        }

        var peer = new VpnPeer(new PeerConfig { Name = name, Addresses = addresses }, Name) { IsDiscovered = true, CanBeCalled = _options.Rendezvous.Count > 0 };
        VpnPeer? added = _directory.TryAdd(peer, out VpnPeer? evicted);
        if (evicted is not null)
        {
            Remove(evicted);
        }

        if (added == peer)
        {
            _shaping.Shape(peer);
            _totals.Add(peer.Counters);
            StartCaller(peer);
        }

        return added;
    }

    /// <summary>Who was found has proved what it has.</summary>
    private void Prove(VpnPeer peer, CertificateIdentity identity)
    {
        VpnAddress[] addresses = [.. identity.Addresses.Where(IsInOwnNetworks)];
        // A subnet that overlaps the VPN's own network could take in other nodes: that only a configured peer may have.
        IEnumerable<IpPrefix> subnets = identity.Subnets.Where(subnet => !_options.Addresses.Any(own => own.Network.Contains(subnet) || subnet.Contains(own.Network)));
        IpPrefix[] prefixes = [.. addresses.Select(IpPrefix.Host), .. subnets];
        bool isAnother = !peer.Config.Addresses.All(address => Array.Exists(prefixes, prefix => prefix.Contains(address)));
        if (_directory.HasProved(peer) && _directory.PrefixesOf(peer).SequenceEqual(prefixes))
        {
            return;
        }

        IReadOnlyList<IpPrefix> refused = _directory.Prove(peer, prefixes);
        if (isAnother)
        {
            peer.DropPending(); // they were for somebody else; and since the line above no more of them are routed to this peer
        }

        RoutesChanged?.Invoke();
        VpnLogger.Discovered(_logger, peer.Name, string.Join(", ", prefixes.Except(refused)));
    }

    bool IDiscoveryNode.IsToBeFound(VpnAddress address)
    {
        if (!address.IsAssignable || IsOwn(address))
        {
            return false;
        }

        foreach (InterfaceAddress own in _options.Addresses)
        {
            if (own.Network.Contains(address))
            {
                return own.Network.Network != address; // the network's own address is nobody's
            }
        }

        return false;
    }

    VpnPeer? IDiscoveryNode.Find(VpnAddress address, TimeSpan limit)
    {
        foreach (RendezvousClient client in _rendezvous)
        {
            if (client.Find(address, limit) is { } found && Found(address, found.Name) is { } peer)
            {
                var introduction = new Introduction(client, found);
                _relayed.Introduced(client, found.Channel, found.Name);
                peer.Introduce(introduction);
                return peer;
            }
        }

        return null;
    }

    void IDiscoveryNode.CountUnfound() => Counters.CountDrop(DropReason.NoRoute);

    /// <summary>A rendezvous server has said who has an address. It may be wrong; the certificate of who answers decides.</summary>
    private VpnPeer? Found(VpnAddress address, string name)
    {
        if (_directory.Find(name) is not { } known)
        {
            return Expect(name, [address]);
        }

        if (!known.IsDiscovered || known.Link is not null)
        {
            return null; // it has the addresses that it has
        }

        _directory.Suppose(known, [address]);
        return known;
    }
}
