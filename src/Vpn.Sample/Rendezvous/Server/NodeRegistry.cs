using System.Net;
using FifoVpn.Control;
using FifoVpn.Packets;

namespace FifoVpn.Rendezvous;

/// <summary>
/// The nodes that there are now: one of each name, from its handshake to its end. Each prefix has one node, each two nodes that were introduced have a channel each way.
/// Thread-safe; the lock is held for look-ups only, nothing is sent under it.
/// </summary>
internal sealed class NodeRegistry(int maxNodes, Func<RateLimit>? relayLimit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RendezvousNode> _nodes = new(StringComparer.Ordinal);
    private readonly PrefixClaims _claims = new();
    private readonly List<RendezvousNode> _contenders = []; // nodes that miss a prefix, the first of them first
    private int _registered;
    private int _channels;
    private bool _closed;

    public RegistryCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return new RegistryCounts(_nodes.Count, _registered, _claims.Count, _contenders.Count, _channels);
            }
        }
    }

    /// <summary>The nodes at this moment.</summary>
    public RendezvousNode[] All
    {
        get
        {
            lock (_lock)
            {
                return [.. _nodes.Values];
            }
        }
    }

    /// <summary>The nodes at this moment, with what is known of each.</summary>
    public RegisteredNode[] Snapshot()
    {
        lock (_lock)
        {
            return [.. _nodes.Values.Select(node => new RegisteredNode(node, node.RegisteredSince, node.LocalEndPoints ?? [], node.Channels.Count))];
        }
    }

    /// <summary>Takes a node in that has proved who it is. A node of the same name gives way, and what it had becomes the new one's.</summary>
    /// <param name="replaced">Who gave way.</param>
    /// <param name="refused">What the node does not get, because another has it.</param>
    public Admission Admit(RendezvousNode node, out RendezvousNode? replaced, out IReadOnlyList<RefusedPrefix> refused)
    {
        refused = [];
        lock (_lock)
        {
            if (_closed)
            {
                replaced = null;
                return Admission.Closed;
            }

            if (!_nodes.TryGetValue(node.Name, out replaced) && _nodes.Count == maxNodes)
            {
                return Admission.TableFull;
            }

            refused = Claim(node, replaced);
            _nodes[node.Name] = node;
            if (replaced is not null)
            {
                Leave(replaced);
            }

            return Admission.Admitted;
        }
    }

    /// <returns>Whether this was the node's first registration, or null when the node is gone.</returns>
    public bool? Register(RendezvousNode node, IReadOnlyList<IPEndPoint> localEndPoints)
    {
        lock (_lock)
        {
            if (node.IsGone)
            {
                return null;
            }

            bool first = node.LocalEndPoints is null;
            node.Register(localEndPoints);
            _registered += first ? 1 : 0;
            return first;
        }
    }

    public bool IsRegistered(RendezvousNode node)
    {
        lock (_lock)
        {
            return node is { IsGone: false, LocalEndPoints: not null };
        }
    }

    /// <summary>Brings a node together with the one that it looks for.</summary>
    public Meeting Meet(RendezvousNode asker, FindMessage find)
    {
        lock (_lock)
        {
            if (asker.IsGone || asker.LocalEndPoints is null)
            {
                return Meeting.Failed(FindFailure.RegisterFirst);
            }

            bool found = find.Name is not null ? _nodes.TryGetValue(find.Name, out RendezvousNode? target) : _claims.TryFind(find.Address, out target);
            if (!found || target!.LocalEndPoints is null)
            {
                return Meeting.Failed(FindFailure.NotRegistered);
            }

            if (target == asker)
            {
                return Meeting.Failed(FindFailure.Yourself);
            }

            RelayChannel? channel = relayLimit is null ? null : Channel(asker, target, relayLimit);
            return new Meeting
            {
                Target = target,
                AskerEndPoints = asker.LocalEndPoints,
                TargetEndPoints = target.LocalEndPoints,
                AskerChannel = channel?.Number ?? 0,
                TargetChannel = channel?.Opposite ?? 0,
                ChannelsFull = channel is null && relayLimit is not null,
            };
        }
    }

    /// <summary>The node's association has ended.</summary>
    public void Remove(RendezvousNode node)
    {
        lock (_lock)
        {
            if (!node.IsGone)
            {
                _nodes.Remove(node.Name);
                Leave(node);
            }
        }
    }

    /// <summary>Takes no node in from now on.</summary>
    /// <returns>Those that there are.</returns>
    public RendezvousNode[] Close()
    {
        lock (_lock)
        {
            _closed = true;
            return [.. _nodes.Values];
        }
    }

    private List<RefusedPrefix> Claim(RendezvousNode node, RendezvousNode? predecessor)
    {
        List<RefusedPrefix> refused = [];
        foreach (IpPrefix prefix in node.Prefixes)
        {
            if (!_claims.TryClaim(prefix, node, predecessor, out RendezvousNode? owner))
            {
                refused.Add(new RefusedPrefix(prefix, owner.Name));
            }
        }

        if (refused.Count > 0)
        {
            _contenders.Add(node);
        }

        return refused;
    }

    private void Leave(RendezvousNode node)
    {
        node.IsGone = true;
        _registered -= node.LocalEndPoints is null ? 0 : 1;
        _contenders.Remove(node);
        bool freed = false;
        foreach (IpPrefix prefix in node.Prefixes)
        {
            freed |= _claims.Release(prefix, node);
        }

        if (freed)
        {
            PassOn();
        }

        foreach (RendezvousNode target in node.Channels.Targets)
        {
            target.Channels.Remove(node);
        }

        _channels -= node.Channels.Count;
        node.Channels.Clear();
    }

    /// <summary>Gives prefixes that are free to those who missed them.</summary>
    private void PassOn()
    {
        for (int i = 0; i < _contenders.Count;)
        {
            RendezvousNode contender = _contenders[i];
            bool all = true;
            foreach (IpPrefix prefix in contender.Prefixes)
            {
                all &= _claims.TryClaim(prefix, contender, null, out _);
            }

            if (all)
            {
                _contenders.RemoveAt(i);
            }
            else
            {
                i++;
            }
        }
    }

    /// <summary>The asker's channel to the target, which is the same as long as both are there; null when one of them has no place for it.</summary>
    private RelayChannel? Channel(RendezvousNode asker, RendezvousNode target, Func<RateLimit> newLimit)
    {
        if (asker.Channels.TryGet(target, out RelayChannel? known))
        {
            return known;
        }

        if (asker.Channels.IsFull || target.Channels.IsFull)
        {
            return null;
        }

        RateLimit limit = newLimit();
        uint number = asker.Channels.Reserve();
        uint opposite = target.Channels.Reserve();
        var channel = new RelayChannel(target, number, opposite, limit);
        asker.Channels.Add(channel);
        target.Channels.Add(new RelayChannel(asker, opposite, number, limit));
        _channels++;
        return channel;
    }
}
