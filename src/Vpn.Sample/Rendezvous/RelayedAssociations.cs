using System.Buffers.Binary;
using System.Security.Cryptography;
using FifoDtls;
using FifoVpn.Control;

namespace FifoVpn.Rendezvous;

/// <summary>
/// The FIFOs of a node's relayed associations: what a rendezvous server relays goes into the FIFO of its association, as what the socket receives goes into those of the direct
/// ones; on the way out each datagram goes into the association with the server. Thread-safe; a client's thread never waits here.
/// </summary>
internal sealed class RelayedAssociations
{
    /// <summary>So many associations at a time a peer may begin through one server; more are only a repetition or a trick.</summary>
    private const int MaxAcceptedPerPeer = 4;

    private const int FifoCapacity = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<Key, FifoTransport> _transports = [];
    private readonly Dictionary<(RendezvousClient Client, uint Channel), string> _names = [];
    private readonly Dictionary<Key, string> _accepted = []; // whose those are that a peer has begun

    /// <summary>How many channels are known.</summary>
    internal int Channels
    {
        get
        {
            lock (_lock)
            {
                return _names.Count;
            }
        }
    }

    /// <summary>Notes who is behind a channel. A peer has one channel of a server, the last one: a server can't make more of it, however often it introduces the peer.</summary>
    public void Introduced(RendezvousClient client, uint channel, string name)
    {
        if (channel != 0)
        {
            lock (_lock)
            {
                foreach (((RendezvousClient Client, uint Channel) key, string known) in _names)
                {
                    if (key.Client == client && known == name)
                    {
                        _names.Remove(key);
                    }
                }

                _names[(client, channel)] = name;
            }
        }
    }

    /// <summary>Begins an association over a channel, as its client.</summary>
    public FifoTransport Open(RendezvousClient client, uint channel)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(number);
        return Add(new Key(client, channel, BinaryPrimitives.ReadUInt32BigEndian(number), IsOurs: true));
    }

    /// <summary>Takes a relayed datagram to its FIFO.</summary>
    /// <param name="name">Whose association it begins, when it begins one.</param>
    /// <returns>The FIFO of an association that has just begun, to be served; otherwise null.</returns>
    public FifoTransport? Dispatch(RendezvousClient client, in RelayHeader header, ReadOnlySpan<byte> datagram, out string name)
    {
        var key = new Key(client, header.Channel, header.Association, IsOurs: !header.FromInitiator);
        FifoTransport? begun = null;
        FifoTransport? transport;
        name = "";
        lock (_lock)
        {
            if (!_transports.TryGetValue(key, out transport) && header.FromInitiator && _names.TryGetValue((client, header.Channel), out string? peer) && MayBegin(client, peer))
            {
                name = peer;
                _accepted[key] = peer;
                transport = begun = Add(key);
            }
        }

        transport?.Push(datagram);
        return begun;
    }

    /// <summary>An association has ended.</summary>
    public void Remove(FifoTransport transport)
    {
        lock (_lock)
        {
            foreach ((Key key, FifoTransport candidate) in _transports)
            {
                if (candidate == transport)
                {
                    _transports.Remove(key);
                    _accepted.Remove(key);
                    break;
                }
            }
        }

        transport.Dispose();
    }

    /// <summary>A channel, or (0) all of the client's, leads nowhere any more: their associations end.</summary>
    public void Close(RendezvousClient client, uint channel = 0)
    {
        List<FifoTransport> ended = [];
        lock (_lock)
        {
            foreach ((Key key, FifoTransport transport) in _transports)
            {
                if (key.Client == client && (channel == 0 || key.Channel == channel))
                {
                    ended.Add(transport);
                }
            }

            foreach ((RendezvousClient Client, uint Channel) key in _names.Keys)
            {
                if (key.Client == client && (channel == 0 || key.Channel == channel))
                {
                    _names.Remove(key);
                }
            }
        }

        ended.ForEach(transport => transport.Dispose()); // their sessions end, and take them out
    }

    private bool MayBegin(RendezvousClient client, string name)
    {
        int accepted = 0;
        foreach ((Key key, string peer) in _accepted)
        {
            if (key.Client == client && peer == name)
            {
                accepted++;
            }
        }

        return accepted < MaxAcceptedPerPeer;
    }

    private FifoTransport Add(Key key)
    {
        var header = new RelayHeader(key.Channel, key.Association, key.IsOurs);
        var transport = new FifoTransport(
            datagram => key.Client.Relay(header, datagram),
            new FifoTransportOptions { Capacity = FifoCapacity, MaxDatagramSize = Math.Max(DtlsConnection.MinDatagramSize, key.Client.MaxRelayed) });
        lock (_lock)
        {
            _transports[key] = transport;
        }

        return transport;
    }

    private readonly record struct Key(RendezvousClient Client, uint Channel, uint Association, bool IsOurs);
}
