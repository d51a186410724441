using System.Diagnostics;
using FifoVpn.Devices;
using FifoVpn.Packets;

namespace FifoVpn.Demo;

/// <summary>
/// The computer behind a node, in user space: it answers pings, sends its own, and takes part in bulk flows. One thread takes what the node delivers.
/// </summary>
internal sealed class DemoHost : IDisposable
{
    private const ushort PingIdentifier = 0x4644;
    private const int PingPayload = 56;

    private static readonly TimeSpan InjectLimit = TimeSpan.FromSeconds(2);

    private readonly MemoryPacketDevice _device;
    private readonly Thread _thread;
    private readonly object _gate = new(); // a monitor: guards the ping in progress
    private readonly Lock _pingLock = new(); // one ping at a time
    private volatile BulkFlow? _incoming;
    private volatile BulkFlow? _outgoing;
    private ushort _pingSequence;
    private bool _pingAnswered;

    public DemoHost(string name, VpnAddress ipv4, VpnAddress ipv6, MemoryPacketDevice device)
    {
        Name = name;
        IPv4 = ipv4;
        IPv6 = ipv6;
        _device = device;
        _thread = new Thread(Run) { IsBackground = true, Name = $"host-{name}" };
    }

    public string Name { get; }

    public VpnAddress IPv4 { get; }

    public VpnAddress IPv6 { get; }

    public void Start() => _thread.Start();

    /// <summary>Makes this host one end of a flow.</summary>
    public void Join(BulkFlow flow)
    {
        if (flow.Source == this)
        {
            _outgoing = flow;
        }
        else
        {
            _incoming = flow;
        }
    }

    /// <summary>Sends one echo request with a payload of its own and waits for the intact reply.</summary>
    /// <exception cref="DemoFailure">No intact reply within the limit.</exception>
    public TimeSpan Ping(VpnAddress destination, TimeSpan limit)
    {
        lock (_pingLock)
        {
            Span<byte> payload = stackalloc byte[PingPayload];
            Span<byte> packet = stackalloc byte[IpPacket.IPv6Header + IcmpEcho.HeaderLength + PingPayload];
            ushort sequence = ++_pingSequence;
            FillPing(payload, sequence);
            int length = IcmpEcho.WriteRequest(packet, destination.IsIPv6 ? IPv6 : IPv4, destination, PingIdentifier, sequence, payload);
            _pingAnswered = false;
            long start = Stopwatch.GetTimestamp();
            Inject(packet[..length]);
            lock (_gate)
            {
                while (!_pingAnswered)
                {
                    TimeSpan left = limit - Stopwatch.GetElapsedTime(start);
                    if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left))
                    {
                        throw new DemoFailure($"{Name}: no intact reply to ping {sequence} from {destination} within {limit.TotalSeconds} s");
                    }
                }
            }

            return Stopwatch.GetElapsedTime(start);
        }
    }

    /// <summary>Sends a packet into the tunnel.</summary>
    /// <exception cref="DemoFailure">The node does not take it.</exception>
    public void Inject(ReadOnlySpan<byte> packet)
    {
        if (!TryInject(packet))
        {
            throw new DemoFailure($"{Name}: the node took no packet for {InjectLimit.TotalSeconds} s");
        }
    }

    /// <summary>Sends a packet into the tunnel, from the host's own thread: what is lost there is missed elsewhere.</summary>
    public bool TryInject(ReadOnlySpan<byte> packet) => _device.Inject(packet, InjectLimit) == PacketQueueResult.Done;

    /// <summary>Waits for the thread; the device must have been disposed.</summary>
    public void Dispose() => _thread.Join(TimeSpan.FromSeconds(5));

    private void Run()
    {
        byte[] buffer = new byte[_device.Mtu];
        while (_device.Take(buffer, Timeout.InfiniteTimeSpan, out int length) == PacketQueueResult.Done)
        {
            Span<byte> packet = buffer.AsSpan(0, length);
            if (IcmpEchoMessage.TryRead(packet, out IcmpEchoMessage echo))
            {
                HandleEcho(packet, echo);
            }
            else if (IpPacket.TryParse(packet, out IpPacket parsed, out _) && UdpPacket.TryRead(parsed, out ReadOnlySpan<byte> payload))
            {
                HandleDatagram(parsed.Source, payload);
            }
        }
    }

    private void HandleEcho(Span<byte> packet, IcmpEchoMessage echo)
    {
        if (!echo.IsReply)
        {
            IcmpEcho.TryTurnIntoReply(packet);
            TryInject(packet);
            return;
        }

        Span<byte> expected = stackalloc byte[PingPayload];
        FillPing(expected, echo.Sequence);
        lock (_gate)
        {
            if (echo.Identifier == PingIdentifier && echo.Sequence == _pingSequence && echo.Payload.SequenceEqual(expected))
            {
                _pingAnswered = true;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void HandleDatagram(VpnAddress source, ReadOnlySpan<byte> payload)
    {
        if (BulkFlow.IsAcknowledgement(payload))
        {
            if (_outgoing is { } outgoing && outgoing.Destination.IPv4 == source)
            {
                outgoing.Acknowledged(payload);
            }
        }
        else if (_incoming is { } incoming && incoming.Source.IPv4 == source)
        {
            incoming.Received(payload);
        }
    }

    private static void FillPing(Span<byte> payload, ushort sequence)
    {
        for (int i = 0; i < payload.Length; i++)
        {
            payload[i] = (byte)((sequence * 31) + (i * 7));
        }
    }
}
