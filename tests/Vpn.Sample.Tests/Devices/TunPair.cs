using System.Net;
using System.Net.Sockets;
using FifoDtls.TestSupport;
using FifoVpn.Devices;
using FifoVpn.Packets;
using FifoVpn.Tests.Support;

namespace FifoVpn.Tests.Devices;

/// <summary>
/// Two hosts, each a network namespace with a TUN device, and a thread for each direction that carries packets from one device to the other, as a
/// tunnel would: in batches, and super-packets cut.
/// </summary>
internal sealed class TunPair : IDisposable
{
    public const int Mtu = 1_380;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly TunDevice _left;
    private readonly TunDevice _right;
    private readonly BlockingThread[] _threads;
    private int _superPackets;

    private TunPair(TunDevice left, TunDevice right)
    {
        _left = left;
        _right = right;
        _threads =
        [
            BlockingThread.Start("left to right", () => Carry(left, right)),
            BlockingThread.Start("right to left", () => Carry(right, left)),
        ];
    }

    public TunDevice Left => _left;

    public TunDevice Right => _right;

    /// <summary>Super-packets that were read, in both directions.</summary>
    public int SuperPackets => Volatile.Read(ref _superPackets);

    /// <summary>Runs a test with a socket in each host: the left one is bound, the right one is not.</summary>
    public static void Run(bool ipv6, DeviceOffloads left, DeviceOffloads right, SocketType type, Action<TunPair, Socket, Socket> body) => NetworkNamespace.Run(() =>
    {
        ProtocolType protocol = type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp;
        AddressFamily family = ipv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        string own = ipv6 ? "fd88::1" : "10.88.0.1";
        using TunDevice device = OpenUp(own + (ipv6 ? "/64" : "/24"), left);
        using Socket bound = new(family, type, protocol);
        bound.Bind(new IPEndPoint(IPAddress.Parse(own), 7_000));
        NetworkNamespace.Run(() =>
        {
            using TunDevice other = OpenUp(ipv6 ? "fd88::2/64" : "10.88.0.2/24", right);
            using Socket free = new(family, type, protocol);
            using TunPair pair = new(device, other);
            body(pair, bound, free);
        });
    });

    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
        BlockingThread.JoinAll(Limit, _threads);
    }

    internal static TunDevice OpenUp(string address, DeviceOffloads offloads, string name = "fifo0")
    {
        TunDevice device = TunDevice.Open(name, Mtu, offloads);
        using LinkConfigurator link = new(name);
        link.DisableLinkLocalAddress();
        link.AddAddress(InterfaceAddress.Parse(address));
        link.SetUp();
        return device;
    }

    private void Carry(TunDevice from, TunDevice to)
    {
        byte[] buffer = new byte[from.ReadBufferSize];
        using PacketBatch batch = new();
        while (from.Wait())
        {
            while (!batch.IsFull && from.TryRead(buffer, out DevicePacket packet))
            {
                Take(buffer, packet, batch, to);
            }

            Flush(batch, to);
        }
    }

    private void Take(byte[] buffer, in DevicePacket packet, PacketBatch batch, TunDevice to)
    {
        if (packet.SegmentSize == 0)
        {
            if (!batch.TryAdd(buffer.AsSpan(0, packet.Length)))
            {
                Flush(batch, to);
                batch.TryAdd(buffer.AsSpan(0, packet.Length));
            }

            return;
        }

        Interlocked.Increment(ref _superPackets);
        Assert.That(SegmentCutter.TryStart(buffer, packet, Mtu, out SegmentCutter cutter), Is.True, packet.ToString());
        while (cutter.Append(batch))
        {
            Flush(batch, to);
        }
    }

    private static void Flush(PacketBatch batch, TunDevice to)
    {
        to.WriteMany(batch);
        batch.Clear();
    }
}
