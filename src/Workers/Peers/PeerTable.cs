using System.Collections.Concurrent;
using System.Net;

namespace FifoDtls;

/// <summary>Remote address → peer. The reader looks up without a lock and without allocating; changes are made under one lock.</summary>
internal sealed class PeerTable
{
    private readonly ConcurrentDictionary<SocketAddress, PeerSlot> _slots = new();
    private readonly Lock _lock = new(); // guards changes of the table and of its slots
    private readonly int _limit;
    private int _peers;
    private bool _closed;

    internal PeerTable(int limit) => _limit = limit;

    /// <summary>Peers, established or not, successors included.</summary>
    internal int Count => Volatile.Read(ref _peers);

    /// <summary>The datagrams that stand in all FIFOs now. Takes no lock, and time by the number of peers.</summary>
    internal long CountQueued()
    {
        long queued = 0;
        foreach (KeyValuePair<SocketAddress, PeerSlot> entry in _slots)
        {
            queued += entry.Value.Current.Exchange.Transport.Statistics.Queued + (entry.Value.Successor?.Exchange.Transport.Statistics.Queued ?? 0);
        }

        return queued;
    }

    internal bool TryGet(SocketAddress address, out PeerSlot slot) => _slots.TryGetValue(address, out slot!);

    /// <summary>Adds a peer at an address that has none.</summary>
    internal PeerAddition TryAdd(DtlsPeer peer, out DtlsPeer? existing)
    {
        existing = null;
        lock (_lock)
        {
            if (_closed)
            {
                return PeerAddition.Closed;
            }

            if (_slots.TryGetValue(peer.Address, out PeerSlot? slot))
            {
                existing = slot.Current;
                return PeerAddition.Exists;
            }

            if (_peers >= _limit)
            {
                return PeerAddition.Full;
            }

            _slots[peer.Address] = new PeerSlot(peer);
            _peers++;
            return PeerAddition.Added;
        }
    }

    /// <summary>Puts a successor beside the peer at its address; one that is there already is given up.</summary>
    internal PeerAddition TryAddSuccessor(DtlsPeer successor, out DtlsPeer? givenUp)
    {
        givenUp = null;
        lock (_lock)
        {
            if (_closed)
            {
                return PeerAddition.Closed;
            }

            if (!_slots.TryGetValue(successor.Address, out PeerSlot? slot))
            {
                return TryAdd(successor, out _); // the peer has just gone: the lock is held again by the same thread
            }

            givenUp = slot.Successor;
            if (givenUp is null && _peers >= _limit)
            {
                return PeerAddition.Full;
            }

            _peers += givenUp is null ? 1 : 0;
            slot.Successor = successor;
            return PeerAddition.Added;
        }
    }

    /// <summary>Lets an established successor take its address over.</summary>
    /// <returns>The peer that it replaces, or <see langword="null"/> when it is no successor (any more).</returns>
    internal DtlsPeer? Promote(DtlsPeer peer)
    {
        lock (_lock)
        {
            if (!_slots.TryGetValue(peer.Address, out PeerSlot? slot) || slot.Successor != peer)
            {
                return null;
            }

            DtlsPeer replaced = slot.Current;
            slot.Current = peer;
            slot.Successor = null;
            _peers--;
            return replaced;
        }
    }

    /// <summary>Takes a peer out; its successor, if there is one, gets the address.</summary>
    internal void Remove(DtlsPeer peer)
    {
        lock (_lock)
        {
            if (!_slots.TryGetValue(peer.Address, out PeerSlot? slot))
            {
                return;
            }

            if (slot.Successor == peer)
            {
                slot.Successor = null;
                _peers--;
            }
            else if (slot.Current == peer)
            {
                _peers--;
                if (slot.Successor is { } successor)
                {
                    slot.Current = successor;
                    slot.Successor = null;
                }
                else
                {
                    _slots.TryRemove(peer.Address, out _);
                }
            }
        }
    }

    /// <summary>Calls <paramref name="action"/> for each peer, successors excepted, without the lock: peers may come and go meanwhile.</summary>
    internal void ForEach<T>(Action<DtlsPeer, T> action, T state)
    {
        foreach (KeyValuePair<SocketAddress, PeerSlot> slot in _slots)
        {
            action(slot.Value.Current, state);
        }
    }

    /// <summary>Refuses additions from now on, and lists who is there.</summary>
    internal DtlsPeer[] Close()
    {
        lock (_lock)
        {
            _closed = true;
            List<DtlsPeer> peers = [];
            foreach (PeerSlot slot in _slots.Values)
            {
                peers.Add(slot.Current);
                if (slot.Successor is { } successor)
                {
                    peers.Add(successor);
                }
            }

            return [.. peers];
        }
    }
}
