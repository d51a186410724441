using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using FifoVpn.Devices;
using FifoVpn.Interop;
using FifoVpn.Packets;
using FifoVpn.Routing;
using FifoVpn.Tests.Support;

namespace FifoVpn.Tests.Devices;

/// <summary>Real devices of the kernel, each test in its own network namespace.</summary>
[TestFixture(DeviceOffloads.None)]
[TestFixture(DeviceOffloads.Checksum)]
[TestFixture(DeviceOffloads.All)]
internal sealed class TunDeviceTests(DeviceOffloads offloads)
{
    private const int Mtu = 1380;
    private const int BufferSize = 66_000;

    [TestCase("10.88.0.1/24", "10.88.0.2")]
    [TestCase("fd88::1/64", "fd88::2")]
    public void The_kernel_answers_a_ping_that_comes_out_of_the_tunnel(string own, string peer) => NetworkNamespace.Run(() =>
    {
        InterfaceAddress address = InterfaceAddress.Parse(own);
        using TunDevice device = OpenUp("fifo0", address);
        byte[] packet = new byte[BufferSize];
        byte[] payload = new byte[Mtu - IcmpEcho.PacketLength(address.Address, 0)];
        new Random(1).NextBytes(payload);
        int length = IcmpEcho.WriteRequest(packet, VpnAddress.Parse(peer), address.Address, 7, 9, payload);

        // Repeated as ping does: the kernel makes the local route of an IPv6 address on a work queue of its own, a moment after the call.
        byte[] request = packet[..length];
        using ManualResetEventSlim answered = new();
        Thread sender = new(() =>
        {
            do
            {
                device.Write(request);
            }
            while (!answered.Wait(TimeSpan.FromMilliseconds(20)));
        });
        sender.Start();
        IcmpEchoMessage reply;
        try
        {
            reply = ReadReply(device, packet);
        }
        finally
        {
            answered.Set();
            sender.Join();
        }

        Assert.That(reply.IsReply, Is.True);
        Assert.That(reply.Source, Is.EqualTo(address.Address));
        Assert.That((reply.Identifier, reply.Sequence), Is.EqualTo(((ushort)7, (ushort)9)));
        Assert.That(reply.Payload.SequenceEqual(payload), Is.True);
        Assert.That(device.WriteErrors, Is.Zero);
    });

    [TestCase("10.88.0.1/24", "10.88.0.2")]
    [TestCase("fd88::1/64", "fd88::2")]
    public void A_datagram_of_the_host_comes_out_of_the_device(string own, string peer) => NetworkNamespace.Run(() =>
    {
        InterfaceAddress address = InterfaceAddress.Parse(own);
        using TunDevice device = OpenUp("fifo0", address);
        using Socket socket = new(address.Address.ToIPAddress().AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.SendTo("hello"u8, new IPEndPoint(VpnAddress.Parse(peer).ToIPAddress(), 9));

        byte[] buffer = new byte[BufferSize];
        IpPacket packet = ReadProtocol(device, buffer, IpProtocol.Udp);

        Assert.That(packet.Source, Is.EqualTo(address.Address));
        Assert.That(packet.Destination, Is.EqualTo(VpnAddress.Parse(peer)));
        Assert.That(packet.Payload[8..].SequenceEqual("hello"u8), Is.True);
    });

    [TestCase("10.88.0.1/24", "10.99.0.0/24", "10.99.0.7")]
    [TestCase("fd88::1/64", "fd99::/64", "fd99::7")]
    public void Routes_come_and_go(string own, string route, string target) => NetworkNamespace.Run(() =>
    {
        using TunDevice device = OpenUp("fifo0", InterfaceAddress.Parse(own));
        using LinkConfigurator link = new("fifo0");
        IPEndPoint endpoint = new(IPAddress.Parse(target), 9);

        Assert.That(() => Send(endpoint), Throws.TypeOf<SocketException>());
        link.AddRoute(IpPrefix.Parse(route));
        Assert.That(() => link.AddRoute(IpPrefix.Parse(route)), Fails(DeviceFailure.Refused, $"cannot add route {route} through fifo0: File exists"));
        Assert.That(() => Send(endpoint), Throws.Nothing);
        Assert.That(ReadProtocol(device, new byte[BufferSize], IpProtocol.Udp).Destination, Is.EqualTo(VpnAddress.Parse(target)));
        link.RemoveRoute(IpPrefix.Parse(route));
        Assert.That(() => Send(endpoint), Throws.TypeOf<SocketException>());

        static void Send(IPEndPoint to)
        {
            using Socket socket = new(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.SendTo("x"u8, to);
        }
    });

    [Test]
    public void The_kernel_keeps_the_MTU() => NetworkNamespace.Run(() =>
    {
        using TunDevice device = OpenUp("fifo0", InterfaceAddress.Parse("10.88.0.1/24"));
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { DontFragment = true };
        IPEndPoint peer = new(IPAddress.Parse("10.88.0.2"), 9);

        Assert.That(() => socket.SendTo(new byte[Mtu - 28], peer), Throws.Nothing);
        Assert.That(
            () => socket.SendTo(new byte[Mtu - 27], peer),
            Throws.TypeOf<SocketException>().With.Property(nameof(SocketException.SocketErrorCode)).EqualTo(SocketError.MessageSize));
        Assert.That(ReadProtocol(device, new byte[BufferSize], IpProtocol.Udp).Length, Is.EqualTo(Mtu));
    });

    [Test]
    public void The_kernel_sends_nothing_of_its_own_without_link_local_address() => NetworkNamespace.Run(() =>
    {
        using TunDevice device = OpenUp("fifo0", InterfaceAddress.Parse("fd88::1/64"));
        using Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        socket.SendTo("x"u8, new IPEndPoint(IPAddress.Parse("fd88::2"), 9));

        byte[] buffer = new byte[BufferSize];
        do
        {
            int length = device.ReadPacket(buffer);
            Assert.That(IpPacket.TryParse(buffer.AsSpan(0, length), out IpPacket packet, out _), Is.True);
            Assert.That(packet.Source.ToIPAddress().IsIPv6LinkLocal, Is.False, "a link-local source");
        }
        while (buffer[6] != IpProtocol.Udp);
    });

    [Test]
    public void Nothing_is_allocated_per_packet() => NetworkNamespace.Run(() =>
    {
        InterfaceAddress own = InterfaceAddress.Parse("10.88.0.1/24");
        using TunDevice device = OpenUp("fifo0", own);
        RoutingTable<string> routes = new();
        routes.Replace([new(IpPrefix.Parse("10.88.0.0/24"), "net"), new(IpPrefix.Parse("10.88.0.2/32"), "peer"), new(IpPrefix.Parse("fd88::/64"), "six")]);
        byte[] request = new byte[Mtu];
        byte[] buffer = new byte[BufferSize];
        int length = IcmpEcho.WriteRequest(request, VpnAddress.Parse("10.88.0.2"), own.Address, 1, 1, new byte[64]);

        Exchange(rounds: 200);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int found = Exchange(rounds: 2000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(found, Is.EqualTo(2000));
        Assert.That(allocated, Is.Zero);

        int Exchange(int rounds)
        {
            int hits = 0;
            for (int i = 0; i < rounds; i++)
            {
                device.Write(request.AsSpan(0, length));
                int received = device.ReadPacket(buffer);
                if (IpPacket.TryParse(buffer.AsSpan(0, received), out IpPacket packet, out _) && routes.TryFind(packet.Destination, out string? next))
                {
                    hits += ReferenceEquals(next, "peer") ? 1 : 0;
                }
            }

            return hits;
        }
    });

    [Test]
    public void Refused_writes_are_counted_and_never_thrown() => NetworkNamespace.Run(() =>
    {
        using TunDevice device = TunDevice.Open("fifo0", Mtu, offloads);
        byte[] packet = new byte[100];
        int length = IcmpEcho.WriteRequest(packet, VpnAddress.Parse("10.88.0.2"), VpnAddress.Parse("10.88.0.1"), 1, 1, []);

        device.Write(packet.AsSpan(0, length)); // the link is down
        Assert.That(device.WriteErrors, Is.EqualTo(1));
        using (LinkConfigurator link = new("fifo0"))
        {
            link.SetUp();
        }

        device.Write(packet.AsSpan(0, length));
        Assert.That(device.WriteErrors, Is.EqualTo(1));
        device.Write(new byte[40]); // version 0
        device.Write([]);
        Assert.That(device.WriteErrors, Is.EqualTo(3));
        device.Dispose();
        device.Write(packet.AsSpan(0, length));
        Assert.That(device.WriteErrors, Is.EqualTo(4));
    });

    [Test]
    public void Dispose_ends_a_blocked_read_and_frees_the_name() => NetworkNamespace.Run(() =>
    {
        for (int round = 0; round < 50; round++)
        {
            TunDevice device = TunDevice.Open("fifo0", Mtu, offloads);
            int result = -1;
            using ManualResetEventSlim started = new();
            Thread reader = new(() =>
            {
                started.Set();
                result = device.ReadPacket(new byte[BufferSize]);
            });
            reader.Start();
            Assert.That(started.Wait(TimeSpan.FromSeconds(5)), Is.True);
            Thread.SpinWait(round * 2000); // from "before the first read" to "inside poll"
            device.Dispose();
            device.Dispose();
            Assert.That(reader.Join(TimeSpan.FromSeconds(5)), Is.True, $"round {round}");
            Assert.That(result, Is.Zero);
            Assert.That(device.ReadPacket(new byte[BufferSize]), Is.Zero);
        }
    });

    [Test]
    public void A_deleted_link_ends_the_reader_with_a_reason() => NetworkNamespace.Run(() =>
    {
        using TunDevice device = OpenUp("fifo0", InterfaceAddress.Parse("10.88.0.1/24"));
        DeviceException? failure = null;
        Thread reader = new(() => failure = Assert.Throws<DeviceException>(() =>
        {
            byte[] buffer = new byte[BufferSize];
            while (device.ReadPacket(buffer) > 0)
            {
            }
        }));
        reader.Start();
        DeleteLink("fifo0");

        Assert.That(reader.Join(TimeSpan.FromSeconds(5)), Is.True);
        Assert.That(failure!.Reason, Is.EqualTo(DeviceFailure.Removed));
        Assert.That(failure.Message, Does.Contain("fifo0").And.Contains("deleted"));
    });

    [Test]
    public void Too_small_a_buffer_is_an_error() => NetworkNamespace.Run(() =>
    {
        using TunDevice device = TunDevice.Open("fifo0", Mtu, offloads);
        Assert.That(() => device.TryRead(new byte[device.ReadBufferSize - 1], out _), Throws.ArgumentException);
    });

    [Test]
    public void A_name_in_use_is_named() => NetworkNamespace.Run(() =>
    {
        using TunDevice first = TunDevice.Open("fifo0", Mtu, offloads);

        Assert.That(() => TunDevice.Open("fifo0", Mtu, offloads), Fails(DeviceFailure.NameInUse, "fifo0: the name is in use by another program"));
        Assert.That(() => TunDevice.Open("lo", Mtu, offloads), Fails(DeviceFailure.NameInUse, "lo: a link of that name exists"));
    });

    [Test]
    public void A_number_pattern_gives_the_first_free_name() => NetworkNamespace.Run(() =>
    {
        using TunDevice first = TunDevice.Open("fifo%d", Mtu, offloads);
        using TunDevice second = TunDevice.Open("fifo%d", Mtu, offloads);

        Assert.That((first.Name, second.Name), Is.EqualTo(("fifo0", "fifo1")));
    });

    [Test]
    public void Missing_privilege_names_the_capability() => NetworkNamespace.Run(() =>
    {
        using TunDevice device = TunDevice.Open("fifo0", Mtu, offloads);
        NetworkNamespace.DropCapabilities();

        Assert.That(() => TunDevice.Open("fifo1", Mtu, offloads), Fails(DeviceFailure.NoPrivilege, "cannot make TUN device fifo1: this needs the privilege CAP_NET_ADMIN"));
        using LinkConfigurator link = new("fifo0");
        Assert.That(link.SetUp, Fails(DeviceFailure.NoPrivilege, "cannot bring fifo0 up"));
    });

    [Test]
    public void A_refusal_of_the_kernel_names_link_and_intent() => NetworkNamespace.Run(() =>
    {
        Assert.That(() => TunDevice.Open("fifo0", 67, offloads), Fails(DeviceFailure.Refused, "cannot set the MTU of fifo0 to 67: Invalid argument"));
        using TunDevice device = TunDevice.Open("fifo0", Mtu, offloads);
        using LinkConfigurator link = new("fifo0");
        Assert.That(() => link.AddRoute(IpPrefix.Parse("10.99.0.0/24")), Fails(DeviceFailure.Refused, "cannot add route 10.99.0.0/24 through fifo0: Network is down"));
        Assert.That(() => new LinkConfigurator("absent"), Fails(DeviceFailure.NotAvailable, "no link named absent"));
    });

    [Test]
    public void A_missing_clone_device_is_named_with_the_cure() => Assert.That(
        () => TunDevice.Open("fifo0", Mtu, offloads, "/nonexistent/tun"),
        Fails(DeviceFailure.NotAvailable, "cannot make TUN device fifo0: there is no /nonexistent/tun; load the driver with \"modprobe tun\""));

    [Test]
    public void A_clone_path_that_is_no_TUN_driver_is_an_error() => Assert.That(
        () => TunDevice.Open("fifo0", Mtu, offloads, "/dev/null"), Throws.TypeOf<DeviceException>().With.Message.Contains("fifo0"));

    [TestCase("", "0 bytes")]
    [TestCase("sixteen-bytes-xx", "16 bytes; an interface name has 1 to 15")]
    [TestCase("a/b", "not allowed")]
    [TestCase("a b", "not allowed")]
    [TestCase("..", "not allowed")]
    public void A_bad_name_is_refused_before_the_kernel_is_asked(string name, string expected) => Assert.That(
        () => TunDevice.Open(name, Mtu, offloads, "/nonexistent/tun"), Fails(DeviceFailure.InvalidName, expected));

    private static NUnit.Framework.Constraints.IResolveConstraint Fails(DeviceFailure reason, string text) => Throws.TypeOf<DeviceException>()
        .With.Property(nameof(DeviceException.Reason)).EqualTo(reason)
        .And.Message.Contains(text).And.Message.Not.Contains("\n");

    private TunDevice OpenUp(string name, InterfaceAddress address)
    {
        TunDevice device = TunDevice.Open(name, Mtu, offloads);
        using LinkConfigurator link = new(name);
        link.DisableLinkLocalAddress();
        link.AddAddress(address);
        link.SetUp();
        return device;
    }

    private static IpPacket ReadProtocol(TunDevice device, byte[] buffer, byte protocol)
    {
        while (true)
        {
            int length = device.ReadPacket(buffer);
            Assert.That(IpPacket.TryParse(buffer.AsSpan(0, length), out IpPacket packet, out IpPacketError error), Is.True, $"{error}");
            if (packet.Protocol == protocol)
            {
                return packet;
            }
        }
    }

    private static IcmpEchoMessage ReadReply(TunDevice device, byte[] buffer)
    {
        while (true)
        {
            int length = device.ReadPacket(buffer);
            if (IcmpEchoMessage.TryRead(buffer.AsSpan(0, length), out IcmpEchoMessage message))
            {
                return message;
            }
        }
    }

    private static void DeleteLink(string name)
    {
        const ushort deleteLink = 17;
        byte[] part = new byte[16];
        MemoryMarshal.Write(part.AsSpan(4), Libc.InterfaceIndex(name));
        using NetlinkSocket socket = new();
        Assert.That(socket.Execute(new NetlinkRequest(deleteLink, 0, part), out string explanation), Is.Zero, explanation);
    }
}
