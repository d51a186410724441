using FifoVpn.Packets;

namespace FifoVpn.Node;

/// <summary>
/// Finds out who has the destination of a packet that no peer has, by asking the rendezvous servers, in blocking code on a thread of its own. The first packets wait
/// meanwhile, a few for each address, and few addresses at a time: whoever can send packets into the device can make up destinations.
/// </summary>
internal sealed class Discovery
{
    private const int MaxAddresses = 64;
    private const int StackSize = 256 << 10;

    private static readonly TimeSpan FindLimit = TimeSpan.FromSeconds(2);

    /// <summary>How long an address that nobody has is not asked for again.</summary>
    private static readonly TimeSpan Forgetting = TimeSpan.FromSeconds(5);

    private readonly IDiscoveryNode _node;
    private readonly Thread _thread;
    private readonly object _gate = new(); // a monitor: guards all below, and is where the thread waits for work
    private readonly Dictionary<VpnAddress, Wanted> _wanted = [];
    private readonly Queue<VpnAddress> _toAsk = new();
    private bool _stopped;

    public Discovery(IDiscoveryNode node)
    {
        _node = node;
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = "vpn-discovery" };
    }

    public void Start() => _thread.Start();

    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    public bool Join(TimeSpan limit) => !_thread.IsAlive || _thread.Join(limit);

    /// <summary>Keeps a packet until it is known who has its destination.</summary>
    /// <returns><see langword="false"/> when it can't be: the address is not one to look for, or nobody has it, or too much waits already.</returns>
    public bool TryHold(ReadOnlySpan<byte> packet, VpnAddress destination)
    {
        if (!_node.IsToBeFound(destination))
        {
            return false;
        }

        lock (_gate)
        {
            long now = Environment.TickCount64;
            if (_wanted.TryGetValue(destination, out Wanted? wanted))
            {
                if (wanted.Packets is not null)
                {
                    return wanted.Packets.TryAdd(packet);
                }

                if (now < wanted.AskAgainAt)
                {
                    return false;
                }

                _wanted.Remove(destination);
            }

            if (_stopped || (_wanted.Count >= MaxAddresses && !ForgetOld(now)))
            {
                return false;
            }

            wanted = new Wanted { Packets = new PendingPackets() };
            _wanted.Add(destination, wanted);
            _toAsk.Enqueue(destination);
            Monitor.PulseAll(_gate);
            return wanted.Packets.TryAdd(packet);
        }
    }

    private void Run()
    {
        while (TryTake(out VpnAddress address))
        {
            VpnPeer? peer = _node.Find(address, FindLimit);
            PendingPackets packets;
            lock (_gate)
            {
                Wanted wanted = _wanted[address];
                packets = wanted.Packets!;
                wanted.Packets = null;
                wanted.AskAgainAt = Environment.TickCount64 + (long)Forgetting.TotalMilliseconds;
                if (peer is not null)
                {
                    _wanted.Remove(address);
                }
            }

            while (packets.TryTake(out byte[] packet))
            {
                if (peer is not null)
                {
                    peer.Send(packet);
                }
                else
                {
                    _node.CountUnfound();
                }
            }
        }
    }

    private bool TryTake(out VpnAddress address)
    {
        lock (_gate)
        {
            while (!_stopped && _toAsk.Count == 0)
            {
                Monitor.Wait(_gate);
            }

            address = _stopped ? default : _toAsk.Dequeue();
            return !_stopped;
        }
    }

    private bool ForgetOld(long now)
    {
        foreach ((VpnAddress address, Wanted wanted) in _wanted)
        {
            if (wanted.Packets is null && now >= wanted.AskAgainAt)
            {
                _wanted.Remove(address);
                return true;
            }
        }

        return false;
    }

    private sealed class Wanted
    {
        /// <summary>What waits; null once it is known that nobody has the address.</summary>
        public PendingPackets? Packets { get; set; }

        public long AskAgainAt { get; set; }
    }
}
