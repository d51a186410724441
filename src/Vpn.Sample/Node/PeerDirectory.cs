using FifoVpn.Configuration;
using FifoVpn.Packets;
using FifoVpn.Routing;

namespace FifoVpn.Node;

/// <summary>The node's peers by name, and whose a packet is by its address. Looking up takes no lock; changing takes one and swaps the routes as a whole.</summary>
internal sealed class PeerDirectory(int maxPeers)
{
    private readonly Lock _lock = new();
    private readonly RoutingTable<VpnPeer> _routes = new();
    private readonly Dictionary<VpnPeer, IReadOnlyList<IpPrefix>> _proved = []; // of discovered peers: what their certificates say
    private volatile VpnPeer[] _peers = [];

    /// <summary>The peers now; the list never changes, a new one takes its place.</summary>
    public IReadOnlyList<VpnPeer> Peers => _peers;

    public bool TryFind(VpnAddress address, out VpnPeer peer) => _routes.TryFind(address, out peer!);

    public VpnPeer? Find(string name) => Array.Find(_peers, peer => peer.Name == name);

    /// <summary>Makes these the configured peers; discovered ones stay unless one of these has their name or address.</summary>
    /// <param name="create">Makes a peer of a name that was not there.</param>
    /// <param name="removed">Those that are no peers any more.</param>
    public void Configure(IReadOnlyList<PeerConfig> configs, Func<PeerConfig, VpnPeer> create, out IReadOnlyList<VpnPeer> removed)
    {
        lock (_lock)
        {
            List<VpnPeer> now = [];
            foreach (PeerConfig config in configs)
            {
                if (Find(config.Name) is { IsDiscovered: false } peer)
                {
                    peer.Config = config;
                    now.Add(peer);
                }
                else
                {
                    now.Add(create(config));
                }
            }

            HashSet<string> names = [.. now.Select(peer => peer.Name)];
            HashSet<IpPrefix> taken = [.. now.SelectMany(peer => peer.Config.Prefixes)];
            now.AddRange(_peers.Where(peer => peer.IsDiscovered && !names.Contains(peer.Name) && !taken.Overlaps(PrefixesOf(peer))));
            removed = [.. _peers.Except(now)];
            Replace([.. now]);
        }
    }

    /// <summary>Adds a discovered peer. When the directory is full, one that is not connected makes room.</summary>
    /// <param name="evicted">Who has made room, or null.</param>
    /// <returns>The peer: this one, or the one that has the name already; null when the directory is full.</returns>
    public VpnPeer? TryAdd(VpnPeer peer, out VpnPeer? evicted)
    {
        evicted = null;
        lock (_lock)
        {
            if (Find(peer.Name) is { } known)
            {
                return known;
            }

            if (_peers.Length >= maxPeers)
            {
                evicted = _peers.Where(candidate => candidate is { IsDiscovered: true, Link: null }).MinBy(candidate => candidate.LastTraffic);
                if (evicted is null)
                {
                    return null;
                }
            }

            VpnPeer? leaves = evicted;
            SetSupposed(peer, peer.Config.Addresses);
            Replace([.. _peers.Where(other => other != leaves), peer]);
            return peer;
        }
    }

    /// <summary>Gives a discovered peer what its verified certificate says, as far as nobody else has it.</summary>
    /// <returns>What it has not got.</returns>
    public IReadOnlyList<IpPrefix> Prove(VpnPeer peer, IReadOnlyList<IpPrefix> prefixes)
    {
        lock (_lock)
        {
            IpPrefix[] free = [.. prefixes.Distinct().Where(prefix => !_peers.Any(other => other != peer && IsSettled(other) && PrefixesOf(other).Contains(prefix)))];
            _proved[peer] = free;
            peer.Config = peer.Config with { Addresses = [.. peer.Config.Addresses.Where(address => free.Contains(IpPrefix.Host(address)))] };
            Withdraw(peer, free);
            Replace(_peers);
            return [.. prefixes.Except(free)];
        }
    }

    /// <summary>Routes addresses to a discovered peer that has yet to prove that it has them; those that somebody has proved stay where they are.</summary>
    public void Suppose(VpnPeer peer, IReadOnlyList<VpnAddress> addresses)
    {
        lock (_lock)
        {
            _proved.Remove(peer);
            SetSupposed(peer, addresses);
            Replace(_peers);
        }
    }

    /// <summary>Whether another peer is configured with the address, or has proved to have it.</summary>
    public bool IsTaken(VpnAddress address, VpnPeer? except)
    {
        lock (_lock)
        {
            return _peers.Any(peer => peer != except && IsSettled(peer) && PrefixesOf(peer).Contains(IpPrefix.Host(address)));
        }
    }

    /// <summary>Whether a discovered peer has shown a certificate since addresses were last supposed to be its.</summary>
    public bool HasProved(VpnPeer peer)
    {
        lock (_lock)
        {
            return _proved.ContainsKey(peer);
        }
    }

    /// <summary>All that is routed to a peer.</summary>
    public IReadOnlyList<IpPrefix> PrefixesOf(VpnPeer peer)
    {
        lock (_lock)
        {
            return _proved.TryGetValue(peer, out IReadOnlyList<IpPrefix>? proved) ? proved : [.. peer.Config.Prefixes];
        }
    }

    private bool IsSettled(VpnPeer peer) => !peer.IsDiscovered || _proved.ContainsKey(peer);

    private void SetSupposed(VpnPeer peer, IReadOnlyList<VpnAddress> addresses)
    {
        peer.Config = peer.Config with { Addresses = [.. addresses.Distinct().Where(address => !IsTaken(address, peer))] };
        Withdraw(peer, [.. peer.Config.Prefixes]);
    }

    /// <summary>What one has, no other is supposed to have.</summary>
    private void Withdraw(VpnPeer owner, IReadOnlyList<IpPrefix> prefixes)
    {
        foreach (VpnPeer other in _peers.Where(other => other != owner && !IsSettled(other) && other.Config.Prefixes.Intersect(prefixes).Any()))
        {
            other.Config = other.Config with { Addresses = [.. other.Config.Addresses.Where(address => !prefixes.Contains(IpPrefix.Host(address)))] };
        }
    }

    private void Replace(VpnPeer[] peers)
    {
        foreach (VpnPeer gone in _peers.Except(peers).ToArray())
        {
            _proved.Remove(gone);
        }

        _routes.Replace([.. peers.SelectMany(peer => PrefixesOf(peer).Select(prefix => new Route<VpnPeer>(prefix, peer)))]);
        _peers = peers;
    }
}
