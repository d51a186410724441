using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>A socket on all addresses answers from the one that it was reached at, not from the one that the system would choose.</summary>
[Platform("Linux")]
public sealed class LocalAddressTests
{
    private static readonly IPAddress Second = IPAddress.Parse("127.0.0.2");

    [Test, Watchdog(60)]
    public void A_server_on_all_addresses_is_reached_at_any_of_them([Values] bool dualStack)
    {
        if (dualStack)
        {
            Requires.IPv6();
        }

        using DtlsEndpoint server = Server(dualStack ? IPAddress.IPv6Any : IPAddress.Any);
        using DtlsEndpoint client = TestEndpoints.Client();
        foreach (IPAddress address in (IPAddress[])[Second, IPAddress.Loopback, IPAddress.Parse("127.1.2.3")])
        {
            using DtlsPeer peer = client.Connect(new IPEndPoint(address, server.LocalEndPoint.Port));
            EchoClient.Of(peer).RoundTrips(10);
            Assert.That(peer.RemoteEndPoint.Address, Is.EqualTo(address));
        }

        Assert.That(server.Statistics.SendErrors, Is.Zero);
    }

    [Test, Watchdog(60)]
    public void A_server_on_all_addresses_of_IPv6_is_reached_at_any_of_them()
    {
        Requires.IPv6();
        IPAddress? other = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(device => device.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv6LinkLocal && !IPAddress.IsLoopback(address));
        if (other is null)
        {
            Assert.Ignore("This host has no second IPv6 address.");
        }

        using DtlsEndpoint server = Server(IPAddress.IPv6Any);
        using DtlsEndpoint client = TestEndpoints.Client(local: new IPEndPoint(IPAddress.IPv6Loopback, 0));

        using DtlsPeer peer = client.Connect(new IPEndPoint(other, server.LocalEndPoint.Port));

        EchoClient.Of(peer).RoundTrips(10);
    }

    [Test, Watchdog(60)]
    public void Client_and_server_on_all_addresses_reach_each_other()
    {
        using DtlsEndpoint server = Server(IPAddress.Any);
        using DtlsEndpoint client = TestEndpoints.Client(local: new IPEndPoint(IPAddress.Any, 0));

        using DtlsPeer peer = client.Connect(new IPEndPoint(Second, server.LocalEndPoint.Port));

        EchoClient.Of(peer).RoundTrips(10);
    }

    [Test, Watchdog(60), NonParallelizable(/* what is measured must not wait for another test's collections */)]
    public void Answering_from_the_address_that_was_reached_allocates_nothing([Values] bool dualStack)
    {
        if (dualStack)
        {
            Requires.IPv6();
        }

        using var socket = new UdpSocket(new IPEndPoint(dualStack ? IPAddress.IPv6Any : IPAddress.Any, 0), 1 << 20, 1 << 20);
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
        stranger.Connect(Second, socket.LocalEndPoint.Port); // takes datagrams from there alone
        DatagramReceiver receiver = socket.CreateReceiver(2_000);
        byte[] datagram = new byte[1_200];
        Echo(1_000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        int echoed = Echo(10_000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(echoed, Is.EqualTo(10_000));
        Assert.That(allocated, Is.LessThan(1_024));

        int Echo(int count)
        {
            int whole = 0;
            for (int i = 0; i < count; i++)
            {
                stranger.Send(datagram);
                if (receiver.Receive() == 1)
                {
                    socket.Send(receiver.Datagram(0), receiver.Source(0));
                    whole += stranger.Receive(datagram) == datagram.Length ? 1 : 0;
                }
            }

            return whole;
        }
    }

    [Test, Watchdog(30)]
    public void A_local_address_that_the_system_refuses_is_left_to_it()
    {
        using var socket = new UdpSocket(new IPEndPoint(IPAddress.Any, 0), 65_536, 65_536);
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
        peer.Bind(TestEndpoints.Loopback);
        PathAddress path = PathAddress.Copy(((IPEndPoint)peer.LocalEndPoint!).Serialize());
        path.Local = new LocalAddress(0x0101_0101, 0); // 1.1.1.1, not this host's

        socket.Send([1, 2], path);

        Assert.That(peer.Receive(new byte[10]), Is.EqualTo(2));
        Assert.That(socket.SendErrors, Is.Zero);
    }

    [Test]
    public void As_a_key_a_path_is_the_peers_address_alone()
    {
        SocketAddress plain = new IPEndPoint(IPAddress.Loopback, 4433).Serialize();
        PathAddress path = PathAddress.Copy(plain);
        path.Local = new LocalAddress(1, 2);

        Assert.That((path.Equals(plain), plain.Equals(path), path.GetHashCode() == plain.GetHashCode()), Is.EqualTo((true, true, true)));
        Assert.That(PathAddress.Copy(path).Local, Is.EqualTo(path.Local));
    }

    private static DtlsEndpoint Server(IPAddress address) => new(new DtlsEndpointOptions
    {
        LocalEndPoint = new IPEndPoint(address, 0),
        ServerContext = TestContexts.Server,
        Session = Sessions.Echo,
    });
}
