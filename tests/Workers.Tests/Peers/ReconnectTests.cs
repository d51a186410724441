using System.Collections.Concurrent;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>A client that starts anew from the address of a live peer (RFC 6347 §4.2.8).</summary>
public sealed class ReconnectTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(60)]
    public void A_client_that_vanished_and_comes_back_takes_its_own_place()
    {
        using var ended = new BlockingCollection<(DtlsPeer Peer, long AcceptedBefore)>();
        DtlsEndpoint? server = null;
        using DtlsEndpoint created = server = TestEndpoints.EchoServer(ended: peer => ended.Add((peer, server!.Statistics.Accepted)));
        using var client = new RawClient(server.LocalEndPoint);
        EchoClient.Of(client.Connect(), 1).RoundTrips(5);

        client.Vanish();
        EchoClient again = EchoClient.Of(client.Connect(), 2);
        again.RoundTrips(5);

        Assert.That(ended.TryTake(out (DtlsPeer Peer, long AcceptedBefore) told, Limit), Is.True);
        Assert.That(told.Peer.End, Is.EqualTo(DtlsPeerEnd.Replaced));
        Assert.That(told.AcceptedBefore, Is.EqualTo(2), "the old one ended after the new one was established");
        Eventually.Equal((1, 1), () => (server.Statistics.Peers, server.Statistics.WorkerThreads), Limit, "the number of peers and threads");
        again.RoundTrips(5);
        Assert.That(ended, Is.Empty);
    }

    [Test, Watchdog(120)]
    public void A_client_can_come_back_many_times()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using var client = new RawClient(server.LocalEndPoint);
        for (int round = 0; round < 50; round++)
        {
            EchoClient.Of(client.Connect(), round).RoundTrips(3);
        }

        Eventually.Equal((1, 1), () => (server.Statistics.Peers, server.Statistics.WorkerThreads), Limit, "the number of peers and threads");
        Assert.That(server.Statistics.Accepted, Is.EqualTo(50));
    }

    [Test, Watchdog(60)]
    public void Until_the_new_handshake_is_done_the_old_association_lives()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer(handshakeTimeout: TestEndpoints.ShortHandshake);
        using var client = new ForkedClient(server.LocalEndPoint);
        EchoClient echo = EchoClient.Of(client.Old);
        echo.RoundTrip();

        client.BeginAnew(datagrams: 2); // as far as the ClientHello with a valid cookie
        Eventually.Equal(2, () => server.Statistics.Peers, Limit, "the peers, the successor included");
        echo.RoundTrips(20);

        Eventually.Equal(
            (1, 0, 1),
            () =>
            {
                echo.RoundTrip();
                DtlsEndpointStatistics now = server.Statistics;
                return (now.Peers, now.AcceptingHandshakes, now.WorkerThreads);
            },
            Limit,
            "the number of peers, handshakes and threads after the deadline");
        Assert.That(server.Statistics.HandshakesFailed, Is.EqualTo(1));
        Assert.That(echo.Repeated, Is.Zero);
    }

    [Test, Watchdog(60)]
    public void Forged_ClientHellos_change_nothing()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using var client = new RawClient(server.LocalEndPoint);
        EchoClient echo = EchoClient.Of(client.Connect());
        for (int i = 0; i < 100; i++)
        {
            client.SendRaw(new HelloBuilder().Build());
            client.SendRaw(new HelloBuilder { Cookie = new byte[32], MessageSequence = 1 }.Build());
            client.SendRaw(new HelloBuilder { Cookie = new byte[20], MessageSequence = 1 }.Build().AsSpan(0, 50));
            echo.RoundTrip();
        }

        DtlsEndpointStatistics statistics = server.Statistics;
        Assert.That((statistics.Peers, statistics.Accepted, statistics.HandshakesFailed), Is.EqualTo((1, 1, 0)));
        Assert.That((statistics.InvalidCookies, statistics.MalformedHellos), Is.EqualTo((100, 100)));
        Assert.That(echo.Repeated, Is.Zero);
    }

    [Test, Watchdog(60)]
    public void A_client_that_restarts_in_mid_handshake_is_served_at_once()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using var client = new RawClient(server.LocalEndPoint);
        client.TryHandshake(TestContexts.Client, (number, datagram) => number < 2 ? datagram : null, TimeSpan.FromMilliseconds(500));
        Eventually.Equal(1, () => server.Statistics.Peers, Limit, "the peers");

        EchoClient echo = EchoClient.Of(client.Connect());

        echo.RoundTrips(5);
        Eventually.Equal(
            (1, 0, 1),
            () => (server.Statistics.Peers, server.Statistics.AcceptingHandshakes, server.Statistics.WorkerThreads),
            Limit,
            "the number of peers, handshakes and threads");
        echo.RoundTrips(5);
    }

    [Test, Watchdog(60)]
    public void Of_several_restarts_in_mid_handshake_the_last_one_counts()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer(handshakeTimeout: TestEndpoints.ShortHandshake);
        using var client = new RawClient(server.LocalEndPoint);
        client.Connect();
        for (int i = 0; i < 10; i++)
        {
            client.TryHandshake(TestContexts.Client, (number, datagram) => number < 2 ? datagram : null, TimeSpan.FromMilliseconds(20));
            Assert.That(server.Statistics.Peers, Is.LessThanOrEqualTo(2));
        }

        EchoClient echo = EchoClient.Of(client.Connect());

        echo.RoundTrips(5);
        Eventually.Equal(
            (1, 0, 1),
            () => (server.Statistics.Peers, server.Statistics.AcceptingHandshakes, server.Statistics.WorkerThreads),
            Limit,
            "the number of peers, handshakes and threads");
    }
}
