using System.Net;
using FifoDtls;
using FifoVpn.Configuration;
using FifoVpn.Control;
using FifoVpn.Devices;
using FifoVpn.Links;

namespace FifoVpn.Node;

/// <summary>A peer: what it may be, and the link to it while there is one. Thread-safe.</summary>
internal sealed partial class VpnPeer(PeerConfig config, string ownName)
{
    // What the peer has sent before it knows of a newer link is still on its way for about so long.
    private const long RetirementMilliseconds = 2_000;

    // More links at a time than this only a peer that plays tricks has; the oldest goes.
    private const int MaxLinks = 4;

    private readonly object _gate = new(); // a monitor: guards everything that changes below, and is where the caller waits
    private readonly List<PeerLink> _links = []; // the newest last
    private readonly List<PeerLink> _retired = []; // those of them that are to be ended
    private readonly PendingPackets _pending = new();
    private volatile PeerConfig _config = config;
    private volatile PeerLink? _link;
    private volatile bool _hasPending;
    private bool _flushing;
    private bool _stopped;
    private long _retirement = long.MaxValue;
    private volatile bool _canBeCalled;
    private long _lastTraffic = Environment.TickCount64;
    private DtlsSession? _session;

    public string Name { get; } = config.Name;

    /// <summary>What the peer is now; the name never changes.</summary>
    public PeerConfig Config
    {
        get => _config;
        set
        {
            _config = value;
            Pulse();
        }
    }

    /// <summary>Whether it was not configured but found.</summary>
    public bool IsDiscovered { get; init; }

    /// <summary>Whether there is a way to call the peer; else packets for it need not wait.</summary>
    public bool CanBeCalled
    {
        get => _canBeCalled;
        set
        {
            _canBeCalled = value;
            Pulse(); // its caller may wait for that
        }
    }

    public PacketCounters Counters { get; } = new();

    /// <summary>The link that packets go to, or null.</summary>
    public PeerLink? Link => _link;

    /// <summary>All links now, the newest last; more than one only for a moment.</summary>
    public IReadOnlyList<PeerLink> Links
    {
        get
        {
            lock (_gate)
            {
                return [.. _links];
            }
        }
    }

    /// <summary>Where the peer was last reached directly.</summary>
    public IPEndPoint? LastEndPoint { get; private set; }

    /// <summary>When the last packet went either way, in milliseconds of the monotonic clock.</summary>
    public long LastTraffic => Volatile.Read(ref _lastTraffic);

    /// <summary>Whether the node is being taken down, or the peer is no peer any more.</summary>
    public bool IsStopped
    {
        get
        {
            lock (_gate)
            {
                return _stopped;
            }
        }
    }

    /// <summary>When there are several links, because both sides called at the same moment, one side ends those that packets do not go to: the one whose name comes first.</summary>
    private bool EndsOlderLinks => string.CompareOrdinal(ownName, Name) < 0;

    /// <summary>The newest direct link; a relayed one only if there is no other, however late it comes.</summary>
    private PeerLink? Best() => _links.FindLast(link => !link.IsRelayed) ?? _links.LastOrDefault();

    /// <summary>Takes the link of a verified association. Packets go to it, unless it is relayed and there is a direct one.</summary>
    /// <returns><see langword="false"/> when the peer is stopped: the association is to be closed.</returns>
    public bool Attach(PeerLink link)
    {
        PeerLink? tooMany = null;
        lock (_gate)
        {
            if (_stopped)
            {
                return false;
            }

            if (_links.Count >= MaxLinks)
            {
                tooMany = _links.Find(older => older != _link)!;
                _links.Remove(tooMany);
            }

            _links.Add(link);
            NoteAttached(link);
            _link = Best();
            if (EndsOlderLinks)
            {
                _retired.AddRange(_links.Where(other => other != _link && !_retired.Contains(other)));
                _retired.Remove(_link!);
                _retirement = _retired.Count > 0 ? Environment.TickCount64 + RetirementMilliseconds : long.MaxValue;
            }

            Volatile.Write(ref _lastTraffic, Environment.TickCount64); // the idle time begins anew
            LastEndPoint = link.RemoteEndPoint ?? LastEndPoint;
            _introduction = null;
            Monitor.PulseAll(_gate);
        }

        tooMany?.Close();
        Flush();
        return true;
    }

    /// <summary>The link has ended; the next best, if there is one, takes its place.</summary>
    public void Detach(PeerLink link)
    {
        lock (_gate)
        {
            _links.Remove(link);
            _retired.Remove(link);
            _link = Best();
            NoteDetached();
            if (_link is { } next)
            {
                _retired.Remove(next);
            }

            Monitor.PulseAll(_gate);
        }

        if (!CanBeCalled)
        {
            DropPending(); // nobody knows when it comes back
        }
    }

    /// <summary>The largest packet that goes to the peer in one datagram now; while it is not connected, none is too large.</summary>
    public int MaxPacket => _link?.MaxPacket ?? int.MaxValue;

    /// <summary>When <see cref="TakeRetired"/> has something to take, in milliseconds of the monotonic clock.</summary>
    public long Retirement => Volatile.Read(ref _retirement);

    /// <summary>The links that are to be ended now, as there is a newer one. They were kept for a moment so that nothing is lost.</summary>
    public PeerLink[] TakeRetired(long now)
    {
        lock (_gate)
        {
            if (now < _retirement)
            {
                return [];
            }

            PeerLink[] taken = [.. _retired];
            _retired.Clear();
            _retirement = long.MaxValue;
            return taken;
        }
    }

    /// <summary>Whether packets go to this link.</summary>
    public bool IsCurrent(PeerLink link) => _link == link;

    /// <summary>Sends a packet to the peer, on the calling thread; keeps it for a moment when the peer is not connected; drops and counts it when that can't be done.</summary>
    public void Send(ReadOnlySpan<byte> packet)
    {
        Volatile.Write(ref _lastTraffic, Environment.TickCount64);
        if (_link is { } link && !_hasPending)
        {
            Pass(link, packet);
        }
        else
        {
            SendLater(packet);
        }
    }

    /// <summary>Sends packets, as <see cref="Send(ReadOnlySpan{byte})"/> would one after the other; at once if they can go as they are.</summary>
    public void Send(PacketBatch packets)
    {
        if (_link is { } link && !_hasPending && _queue is null && Longest(packets.Lengths) <= link.MaxPacket)
        {
            Volatile.Write(ref _lastTraffic, Environment.TickCount64);
            if (link.TrySend(packets.Bytes, packets.Lengths))
            {
                Counters.CountSent(packets.Count, packets.ByteCount);
            }
            else
            {
                Counters.CountDrop(DropReason.SendFailed, packets.Count);
            }

            return;
        }

        for (int i = 0; i < packets.Count; i++)
        {
            Send(packets[i]);
        }
    }

    /// <summary>Notes a packet that the peer has sent.</summary>
    public void CountReceived(int bytes)
    {
        Volatile.Write(ref _lastTraffic, Environment.TickCount64);
        Counters.CountReceived(bytes);
    }

    /// <summary>Ends all links and waits, and takes no others.</summary>
    public void Stop()
    {
        PeerLink[] links;
        lock (_gate)
        {
            _stopped = true;
            links = [.. _links];
            _session?.Dispose();
            _session = null;
            Monitor.PulseAll(_gate);
        }

        Array.ForEach(links, link => link.Close());
    }

    /// <summary>Ends the links whose peer fails the test.</summary>
    public void CloseLinks(Predicate<PeerLink> ends)
    {
        PeerLink[] links;
        lock (_gate)
        {
            links = [.. _links];
        }

        foreach (PeerLink link in links)
        {
            if (ends(link)) // without the gate: it verifies and sends
            {
                link.Close();
            }
        }
    }

    /// <summary>Keeps a session to resume; it becomes the peer's.</summary>
    public void Keep(DtlsSession? session)
    {
        DtlsSession? unwanted = session;
        lock (_gate)
        {
            if (!_stopped && session is not null)
            {
                (unwanted, _session) = (_session, session);
            }
        }

        unwanted?.Dispose();
    }

    /// <summary>The kept session, as a copy that is the caller's.</summary>
    public DtlsSession? CopySession()
    {
        lock (_gate)
        {
            return _session is null ? null : DtlsSession.Import(_session.Export());
        }
    }

    public override string ToString() => Name;

    private void SendLater(ReadOnlySpan<byte> packet)
    {
        lock (_gate)
        {
            if ((_link is not null || CanBeCalled) && !_stopped && _pending.TryAdd(packet))
            {
                _hasPending = true;
                Monitor.PulseAll(_gate); // its caller may be waiting for demand
            }
            else
            {
                Counters.CountDrop(DropReason.NotConnected);
            }
        }

        Flush(); // the link may have come meanwhile
    }

    // One thread at a time flushes, so the packets keep their order.
    private void Flush()
    {
        while (true)
        {
            byte[] packet;
            PeerLink link;
            lock (_gate)
            {
                if (_flushing || _link is null)
                {
                    return;
                }

                if (!_pending.TryTake(out packet))
                {
                    _hasPending = false;
                    return;
                }

                link = _link;
                _flushing = true;
            }

            Pass(link, packet);
            lock (_gate)
            {
                _flushing = false;
            }
        }
    }

    private void SendOver(PeerLink link, ReadOnlySpan<byte> packet)
    {
        if (packet.Length > link.MaxPacket && packet.Length <= SplitPacket.MaxPacket(link.MaxPacket))
        {
            SendInParts(link, packet);
        }
        else if (packet.Length > link.Negotiated.MaxPayloadSize)
        {
            Counters.CountDrop(DropReason.TooLarge);
        }
        else if (link.TrySend(packet))
        {
            Counters.CountSent(packet.Length);
        }
        else
        {
            Counters.CountDrop(DropReason.SendFailed);
        }
    }

    private static int Longest(ReadOnlySpan<int> lengths)
    {
        int longest = 0;
        foreach (int length in lengths)
        {
            longest = Math.Max(longest, length);
        }

        return longest;
    }

    private void Pulse()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }
}
