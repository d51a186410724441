using System.Collections.Concurrent;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Peers from which nothing comes any more end, whoever holds them.</summary>
public sealed class IdleTimeoutTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    [Test, Watchdog(60)]
    public void A_silent_peer_of_a_session_ends_with_a_close_notify()
    {
        using var ended = new BlockingCollection<DtlsPeer>();
        using DtlsEndpoint server = Server(ended, Sessions.Echo);
        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsPeer peer = client.Connect(server.LocalEndPoint);

        Assert.That(peer.Receive(new byte[10], Limit).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
        Assert.That(ended.TryTake(out DtlsPeer? silent, Limit), Is.True, "the end is told");
        Assert.That(silent!.End, Is.EqualTo(DtlsPeerEnd.IdleTimedOut));
        Assert.That(server.Statistics.Peers, Is.Zero);
    }

    [Test, Watchdog(60)]
    public void A_peer_that_nobody_receives_from_ends_too_and_its_holder_sees_it()
    {
        using var ended = new BlockingCollection<DtlsPeer>();
        using DtlsEndpoint server = Server(ended);
        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsPeer peer = client.Connect(server.LocalEndPoint);
        using DtlsPeer accepted = server.Accept();

        Assert.That(peer.Receive(new byte[10], Limit).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
        Assert.That(ended.TryTake(out DtlsPeer? silent, Limit), Is.True, "the end is told");
        Assert.That((silent, silent!.End), Is.EqualTo((accepted, DtlsPeerEnd.IdleTimedOut)));
        Assert.That(accepted.Receive(new byte[10], Limit).Status, Is.EqualTo(DtlsReceiveStatus.ClosedLocally));
        accepted.Dispose();
        Assert.That(() => accepted.Receive(new byte[10]), Throws.InstanceOf<ObjectDisposedException>().Or.InstanceOf<InvalidOperationException>());
        Assert.That(ended, Is.Empty, "an end is told once");
    }

    [Test, Watchdog(60)]
    public void A_client_that_vanishes_right_after_its_handshake_leaves_no_peer()
    {
        using var ended = new BlockingCollection<DtlsPeer>();
        using DtlsEndpoint server = Server(ended);
        using var client = new RawClient(server.LocalEndPoint);
        client.Connect();
        client.Vanish();

        Assert.That(ended.TryTake(out DtlsPeer? silent, Limit), Is.True, "the end is told");
        Assert.That(silent!.End, Is.EqualTo(DtlsPeerEnd.IdleTimedOut));
        Assert.That(server.Statistics.Peers, Is.Zero);
    }

    [Test, Watchdog(60)]
    public void A_peer_that_speaks_stays()
    {
        using var ended = new BlockingCollection<DtlsPeer>();
        using DtlsEndpoint server = Server(ended, Sessions.Echo);
        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsPeer speaking = client.Connect(server.LocalEndPoint);
        using DtlsEndpoint otherClient = TestEndpoints.Client();
        using DtlsPeer silent = otherClient.Connect(server.LocalEndPoint);
        EchoClient echo = EchoClient.Of(speaking);
        DtlsPeer? first;
        do
        {
            echo.RoundTrip();
        }
        while (!ended.TryTake(out first, TimeSpan.FromMilliseconds(50)));

        Assert.That(first.RemoteEndPoint, Is.EqualTo(otherClient.LocalEndPoint), "the one who ended");
        echo.RoundTrip();
    }

    private static DtlsEndpoint Server(BlockingCollection<DtlsPeer> ended, Action<DtlsPeer>? session = null) => new(new DtlsEndpointOptions
    {
        LocalEndPoint = TestEndpoints.Loopback,
        ServerContext = TestContexts.Server,
        Session = session,
        PeerEnded = ended.Add,
        IdleTimeout = Idle,
    });
}
