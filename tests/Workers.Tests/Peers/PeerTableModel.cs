using System.Net;

namespace FifoDtls.Tests;

/// <summary>What a peer table must do, written down the plainest way: a list of (address, current, successor).</summary>
internal sealed class PeerTableModel(int limit)
{
    private readonly Dictionary<SocketAddress, (DtlsPeer Current, DtlsPeer? Successor)> _entries = [];

    internal int Count => _entries.Values.Sum(entry => entry.Successor is null ? 1 : 2);

    internal (DtlsPeer Current, DtlsPeer? Successor)? At(SocketAddress address) => _entries.TryGetValue(address, out var entry) ? entry : null;

    internal (PeerAddition Addition, DtlsPeer? Existing) Add(DtlsPeer peer)
    {
        if (_entries.TryGetValue(peer.Address, out var entry))
        {
            return (PeerAddition.Exists, entry.Current);
        }

        if (Count >= limit)
        {
            return (PeerAddition.Full, null);
        }

        _entries[peer.Address] = (peer, null);
        return (PeerAddition.Added, null);
    }

    internal (PeerAddition Addition, DtlsPeer? GivenUp) AddSuccessor(DtlsPeer peer)
    {
        if (!_entries.TryGetValue(peer.Address, out var entry))
        {
            return (Add(peer).Addition, null);
        }

        if (entry.Successor is null && Count >= limit)
        {
            return (PeerAddition.Full, null);
        }

        _entries[peer.Address] = (entry.Current, peer);
        return (PeerAddition.Added, entry.Successor);
    }

    internal DtlsPeer? Promote(DtlsPeer peer)
    {
        if (!_entries.TryGetValue(peer.Address, out var entry) || entry.Successor != peer)
        {
            return null;
        }

        _entries[peer.Address] = (peer, null);
        return entry.Current;
    }

    internal void Remove(DtlsPeer peer)
    {
        if (!_entries.TryGetValue(peer.Address, out var entry))
        {
            return;
        }

        if (entry.Successor == peer)
        {
            _entries[peer.Address] = (entry.Current, null);
        }
        else if (entry.Current == peer && entry.Successor is { } successor)
        {
            _entries[peer.Address] = (successor, null);
        }
        else if (entry.Current == peer)
        {
            _entries.Remove(peer.Address);
        }
    }
}
