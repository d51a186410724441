using System.Collections.Concurrent;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

public sealed class PeerEndedTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(60)]
    public void Each_peers_end_is_told_once_and_says_how()
    {
        var ended = new ConcurrentQueue<DtlsPeer>();
        using DtlsEndpoint server = TestEndpoints.Accepting(ended: ended.Enqueue);
        using DtlsEndpoint client = TestEndpoints.Client();

        Assert.That(EndOf(server, client, (outgoing, accepted) =>
        {
            outgoing.Dispose();
            Assert.That(accepted.Receive(new byte[100], Limit).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
        }).End, Is.EqualTo(DtlsPeerEnd.ClosedByPeer));
        Assert.That(EndOf(server, client, (_, accepted) => accepted.Close()).End, Is.EqualTo(DtlsPeerEnd.ClosedLocally));
        Assert.That(EndOf(server, client, (_, _) => { }).End, Is.EqualTo(DtlsPeerEnd.ClosedLocally));

        Assert.That(ended.Select(peer => peer.End), Is.EqualTo(new[] { DtlsPeerEnd.ClosedByPeer, DtlsPeerEnd.ClosedLocally, DtlsPeerEnd.ClosedLocally }));
        Assert.That(ended.Distinct().Count(), Is.EqualTo(3));
        Assert.That(ended.Select(peer => peer.Failure), Is.All.Null);
    }

    [Test, Watchdog(60)]
    public void A_session_that_throws_ends_its_own_peer_alone()
    {
        using var ended = new BlockingCollection<DtlsPeer>();
        var log = new LogCapture();
        using DtlsEndpoint server = new(
            new DtlsEndpointOptions
            {
                LocalEndPoint = TestEndpoints.Loopback,
                ServerContext = TestContexts.Server,
                PeerEnded = ended.Add,
                Session = peer =>
                {
                    byte[] buffer = new byte[100];
                    while (peer.Receive(buffer) is { HasData: true } result)
                    {
                        if (result.Length == 1)
                        {
                            throw new InvalidDataException("one byte is too little");
                        }

                        peer.Send(buffer.AsSpan(0, result.Length));
                    }
                },
            },
            log);
        using DtlsEndpoint one = TestEndpoints.Client();
        using DtlsEndpoint other = TestEndpoints.Client();
        using DtlsPeer good = one.Connect(server.LocalEndPoint);
        using DtlsPeer bad = other.Connect(server.LocalEndPoint);
        EchoClient echo = EchoClient.Of(good);
        echo.RoundTrip();

        bad.Send([1]);

        Assert.That(ended.TryTake(out DtlsPeer? told, Limit), Is.True);
        Assert.That(told!.End, Is.EqualTo(DtlsPeerEnd.SessionFailed));
        Assert.That(told.Failure, Is.InstanceOf<InvalidDataException>());
        Assert.That(bad.Receive(new byte[10], Limit).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer), "the peer is told");
        Assert.That(log.Of(LogCapture.CallbackFailed), Has.Count.EqualTo(1));
        echo.RoundTrips(10);
    }

    [Test, Watchdog(60)]
    public void A_PeerEnded_that_throws_is_logged_and_harms_nobody()
    {
        var log = new LogCapture();
        using DtlsEndpoint server = TestEndpoints.EchoServer(log, ended: _ => throw new InvalidDataException("not my day"));
        using DtlsEndpoint client = TestEndpoints.Client();
        for (int i = 0; i < 5; i++)
        {
            using DtlsPeer peer = client.Connect(server.LocalEndPoint);
            EchoClient.Of(peer).RoundTrip();
        }

        Eventually.Equal(0, () => server.Statistics.Peers, Limit, "the peers");
        Eventually.Equal(5, () => log.Of(LogCapture.CallbackFailed).Count, Limit, "the lines");
        Assert.That(log.Of(LogCapture.CallbackFailed)[0], Does.Contain(nameof(DtlsEndpointOptions.PeerEnded)));
    }

    [Test, Watchdog(60)]
    public void A_failed_Connect_with_a_session_is_told_with_its_failure()
    {
        using var ended = new BlockingCollection<DtlsPeer>();
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = new(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ClientContext = TestContexts.Client,
            PeerEnded = ended.Add,
        });

        DtlsPeer peer = client.Connect(server.LocalEndPoint, _ => Assert.Fail("no session with the wrong server"), new DtlsConnectOptions { ServerName = "elsewhere.test" });

        Assert.That(ended.TryTake(out DtlsPeer? told, Limit), Is.True);
        Assert.That(told, Is.SameAs(peer));
        Assert.That((peer.End, peer.IsEstablished), Is.EqualTo((DtlsPeerEnd.CertificateRefused, false)));
        Assert.That(peer.Failure, Is.InstanceOf<DtlsCertificateException>());
        Assert.That(() => peer.Send([1]), Throws.InvalidOperationException);
    }

    private static DtlsPeer EndOf(DtlsEndpoint server, DtlsEndpoint client, Action<DtlsPeer, DtlsPeer> end)
    {
        using DtlsPeer outgoing = client.Connect(server.LocalEndPoint);
        using DtlsPeer accepted = server.Accept();
        end(outgoing, accepted);
        accepted.Dispose();
        accepted.Dispose();
        return accepted;
    }
}
