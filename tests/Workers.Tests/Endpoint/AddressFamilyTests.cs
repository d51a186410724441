using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

public sealed class AddressFamilyTests
{
    [Test, Watchdog(60)]
    public void IPv6_peers_are_served_on_IPv6()
    {
        Requires.IPv6();
        var loopback = new IPEndPoint(IPAddress.IPv6Loopback, 0);
        using DtlsEndpoint server = TestEndpoints.Node(Sessions.Echo, loopback);
        using DtlsEndpoint client = TestEndpoints.Client(local: loopback);

        using DtlsPeer peer = client.Connect("::1", server.LocalEndPoint.Port);

        EchoClient.Of(peer).RoundTrips(10);
        Assert.That(peer.RemoteEndPoint, Is.EqualTo(server.LocalEndPoint));
    }

    [Test, Watchdog(60)]
    public void A_socket_on_all_addresses_of_IPv6_serves_IPv4_too_and_shows_its_peers_as_such([Values] bool byDefault)
    {
        Requires.IPv6();
        using DtlsEndpoint server = new(new DtlsEndpointOptions
        {
            LocalEndPoint = byDefault ? null : new IPEndPoint(IPAddress.IPv6Any, 0),
            ServerContext = TestContexts.Server,
        });
        using DtlsEndpoint four = TestEndpoints.Client();
        using DtlsEndpoint six = TestEndpoints.Client(local: new IPEndPoint(IPAddress.IPv6Loopback, 0));

        using DtlsPeer fourOutgoing = four.Connect(new IPEndPoint(IPAddress.Loopback, server.LocalEndPoint.Port));
        using DtlsPeer fourAccepted = server.Accept();
        using DtlsPeer sixOutgoing = six.Connect(new IPEndPoint(IPAddress.IPv6Loopback, server.LocalEndPoint.Port));
        using DtlsPeer sixAccepted = server.Accept();

        Assert.That(fourAccepted.RemoteEndPoint, Is.EqualTo(four.LocalEndPoint));
        Assert.That(sixAccepted.RemoteEndPoint, Is.EqualTo(six.LocalEndPoint));
        BlockingThread[] echoes =
        [
            BlockingThread.Start("IPv4 echo", () => Sessions.Echo(fourAccepted)),
            BlockingThread.Start("IPv6 echo", () => Sessions.Echo(sixAccepted)),
        ];
        EchoClient.Of(fourOutgoing, 4).RoundTrips(10);
        EchoClient.Of(sixOutgoing, 6).RoundTrips(10);
        fourOutgoing.Close();
        sixOutgoing.Close();
        BlockingThread.JoinAll(TestEndpoints.Limit, echoes);
    }

    [Test, Watchdog(60)]
    public void A_socket_for_both_families_connects_to_both([Values] bool mapped)
    {
        Requires.IPv6();
        using DtlsEndpoint four = TestEndpoints.EchoServer();
        using DtlsEndpoint six = TestEndpoints.Node(Sessions.Echo, new IPEndPoint(IPAddress.IPv6Loopback, 0));
        using DtlsEndpoint client = TestEndpoints.Client(local: new IPEndPoint(IPAddress.IPv6Any, 0));
        IPAddress address = mapped ? IPAddress.Loopback.MapToIPv6() : IPAddress.Loopback;

        using DtlsPeer toFour = client.Connect(new IPEndPoint(address, four.LocalEndPoint.Port));
        using DtlsPeer toSix = client.Connect(six.LocalEndPoint);

        EchoClient.Of(toFour).RoundTrips(5);
        EchoClient.Of(toSix).RoundTrips(5);
        Assert.That(toFour.RemoteEndPoint, Is.EqualTo(four.LocalEndPoint));
        Assert.That(() => client.Connect(four.LocalEndPoint), Throws.InstanceOf<DtlsPeerExistsException>(), "however it is written, it is the same peer");
    }

    [Test, Watchdog(60)]
    public void One_socket_accepts_while_it_connects_out()
    {
        using DtlsEndpoint upstream = TestEndpoints.EchoServer();
        using DtlsEndpoint node = TestEndpoints.Node(Sessions.Echo);
        using DtlsEndpoint client = TestEndpoints.Client();

        BlockingThread outward = BlockingThread.Start("outward", () =>
        {
            for (int i = 0; i < 20; i++)
            {
                using DtlsPeer peer = node.Connect(upstream.LocalEndPoint);
                EchoClient.Of(peer, 1).RoundTrips(10);
            }
        });
        for (int i = 0; i < 20; i++)
        {
            using DtlsPeer peer = client.Connect(node.LocalEndPoint);
            EchoClient.Of(peer, 2).RoundTrips(10);
        }

        outward.Join(TestEndpoints.Limit);
        Assert.That((node.Statistics.Accepted, node.Statistics.Connected), Is.EqualTo((20, 20)));
    }
}
