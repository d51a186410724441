using System.Net;
using System.Net.Sockets;
using FifoDtls.TestSupport;
using FifoVpn.Devices;
using FifoVpn.Packets;
using FifoVpn.Tests.Support;

namespace FifoVpn.Tests.Packets;

/// <summary>What the kernel makes of the errors that it gets through a TUN device, each test in its own network namespace.</summary>
internal sealed class IcmpErrorKernelTests
{
    private const int Mtu = 1380;
    private const int IpLevel = 0;
    private const int IpMtuDiscover = 10;
    private const int IpMtu = 14;
    private const int IPv6Level = 41;
    private const int IPv6MtuDiscover = 23;
    private const int IPv6Mtu = 24;
    private const int Do = 2;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [TestCase("10.88.0.1/24", "10.88.0.2", 1000)]
    [TestCase("fd88::1/64", "fd88::2", 1290)]
    public void Too_big_sets_the_path_MTU_of_the_sender(string own, string peer, int mtu) => NetworkNamespace.Run(() =>
    {
        using TunDevice device = OpenUp(InterfaceAddress.Parse(own));
        using Socket socket = Connect(peer);
        byte[] packet = Send(socket, device, 1320);
        byte[] error = new byte[IcmpError.MaxLength];
        int length = IcmpError.WriteTooBig(error, packet, VpnAddress.Parse(peer), mtu);
        Assert.That(length, Is.GreaterThan(0));
        Assert.That(PathMtu(socket), Is.EqualTo(Mtu));

        // Repeated: the kernel makes the local route of an IPv6 address a moment after it has the address.
        Eventually.Equal(
            mtu,
            () =>
            {
                device.Write(error.AsSpan(0, length));
                return PathMtu(socket);
            },
            Limit,
            "the path MTU");

        Assert.That(
            Assert.Throws<SocketException>(() => socket.Send(new byte[1320]))!.SocketErrorCode, Is.EqualTo(SocketError.MessageSize), "told to the application");
    });

    [Test]
    public void An_IPv4_error_from_the_systems_own_address_is_dropped_by_the_kernel() => NetworkNamespace.Run(() =>
    {
        InterfaceAddress own = InterfaceAddress.Parse("10.88.0.1/24");
        using TunDevice device = OpenUp(own);
        using Socket socket = Connect("10.88.0.2");
        byte[] packet = Send(socket, device, 1320);
        byte[] error = new byte[IcmpError.MaxLength];

        int length = IcmpError.WriteTooBig(error, packet, own.Address, 700);
        device.Write(error.AsSpan(0, length));
        length = IcmpError.WriteTooBig(error, packet, VpnAddress.Parse("10.88.0.2"), 800);
        device.Write(error.AsSpan(0, length));

        // An error that was taken lowers the MTU only: with the first one it would be 700.
        Eventually.Equal(800, () => PathMtu(socket), Limit, "the path MTU");
    });

    [TestCase("10.88.0.1/24", "10.88.0.2", SocketError.HostUnreachable)]
    [TestCase("fd88::1/64", "fd88::2", SocketError.AccessDenied)]
    public void Prohibited_is_an_error_of_the_senders_socket(string own, string peer, SocketError expected) => NetworkNamespace.Run(() =>
    {
        using TunDevice device = OpenUp(InterfaceAddress.Parse(own));
        using Socket socket = Connect(peer);
        byte[] packet = Send(socket, device, 100);
        byte[] error = new byte[IcmpError.MaxLength];
        int length = IcmpError.WriteUnreachable(error, packet, VpnAddress.Parse(peer), UnreachableReason.Prohibited);

        SocketError seen = SocketError.Success;
        Eventually.True(
            () =>
            {
                device.Write(error.AsSpan(0, length));
                socket.Poll(0, SelectMode.SelectRead);
                seen = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
                return seen != SocketError.Success;
            },
            Limit,
            "the socket has an error");
        Assert.That(seen, Is.EqualTo(expected));
    });

    private static TunDevice OpenUp(InterfaceAddress address)
    {
        TunDevice device = TunDevice.Open("fifo0", Mtu);
        using LinkConfigurator link = new("fifo0");
        link.DisableLinkLocalAddress();
        link.AddAddress(address);
        link.SetUp();
        return device;
    }

    private static Socket Connect(string peer)
    {
        IPAddress address = IPAddress.Parse(peer);
        Socket socket = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        bool ipv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        socket.SetRawSocketOption(ipv6 ? IPv6Level : IpLevel, ipv6 ? IPv6MtuDiscover : IpMtuDiscover, BitConverter.GetBytes(Do));
        socket.Connect(address, 9);
        return socket;
    }

    private static int PathMtu(Socket socket)
    {
        byte[] value = new byte[4];
        bool ipv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        socket.GetRawSocketOption(ipv6 ? IPv6Level : IpLevel, ipv6 ? IPv6Mtu : IpMtu, value);
        return BitConverter.ToInt32(value);
    }

    /// <summary>Sends a datagram into the tunnel and returns the packet that comes out.</summary>
    private static byte[] Send(Socket socket, TunDevice device, int payload)
    {
        socket.Send(new byte[payload]);
        byte[] buffer = new byte[device.ReadBufferSize];
        while (true)
        {
            int length = device.ReadPacket(buffer);
            if (IpPacket.TryParse(buffer.AsSpan(0, length), out IpPacket packet, out _) && packet.Protocol == IpProtocol.Udp)
            {
                return buffer[..length];
            }
        }
    }
}
