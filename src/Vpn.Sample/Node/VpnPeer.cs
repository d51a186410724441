using FifoDtls;
using FifoVpn.Configuration;

namespace FifoVpn.Node;

/// <summary>A configured peer: what it may be, and the association with it while there is one.</summary>
internal sealed class VpnPeer(PeerConfig config)
{
    private readonly object _gate = new(); // a monitor: guards changes of _association, and is where the caller waits for its end
    private volatile DtlsPeer? _association;
    private bool _stopped;

    public PeerConfig Config { get; } = config;

    public string Name => Config.Name;

    public PacketCounters Counters { get; } = new();

    /// <summary>The association that packets go to, or null.</summary>
    public DtlsPeer? Association => _association;

    /// <summary>Whether the node is being taken down.</summary>
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

    /// <summary>Makes a verified association the peer's; an older one is closed.</summary>
    public void Attach(DtlsPeer association)
    {
        DtlsPeer? older;
        bool stopped;
        lock (_gate)
        {
            older = _association;
            stopped = _stopped;
            _association = stopped ? null : association;
            Monitor.PulseAll(_gate);
        }

        (stopped ? association : older)?.Close();
    }

    /// <summary>The association has ended; a newer one stays.</summary>
    public void Detach(DtlsPeer association)
    {
        lock (_gate)
        {
            if (_association == association)
            {
                _association = null;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Waits until the peer is connected, or the time is up.</summary>
    /// <returns>Whether it is connected.</returns>
    public bool WaitUntilConnected(TimeSpan limit)
    {
        lock (_gate)
        {
            long deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
            while (_association is null && !_stopped)
            {
                long left = deadline - Environment.TickCount64;
                if (left <= 0)
                {
                    break;
                }

                Monitor.Wait(_gate, (int)Math.Min(left, int.MaxValue));
            }

            return _association is not null;
        }
    }

    /// <summary>Waits until the peer is not connected.</summary>
    /// <returns><see langword="false"/> once the peer is stopped.</returns>
    public bool WaitUntilDisconnected()
    {
        lock (_gate)
        {
            while (_association is not null && !_stopped)
            {
                Monitor.Wait(_gate);
            }

            return !_stopped;
        }
    }

    /// <summary>Sends a packet to the peer, on the calling thread; drops and counts it when that can't be done.</summary>
    public void Send(ReadOnlySpan<byte> packet)
    {
        if (_association is not { Negotiated: { } negotiated } association)
        {
            Counters.CountDrop(DropReason.NotConnected);
            return;
        }

        if (packet.Length > negotiated.MaxPayloadSize)
        {
            Counters.CountDrop(DropReason.TooLarge);
            return;
        }

        try
        {
            association.Send(packet);
            Counters.CountSent(packet.Length);
        }
        catch (Exception exception) when (exception is DtlsException or ObjectDisposedException or InvalidOperationException)
        {
            Counters.CountDrop(DropReason.SendFailed); // it ended just now; its own thread says why
        }
    }

    /// <summary>Refuses associations from now on and ends waits.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    public override string ToString() => Name;
}
