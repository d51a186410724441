using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Sending to a peer that Connect has returned before its handshake was done.</summary>
public sealed class EarlySendTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(60)]
    public void A_payload_waits_for_the_handshake_and_what_was_queued_goes_first()
    {
        using DtlsEndpoint server = TestEndpoints.Accepting();
        using DtlsEndpoint client = TestEndpoints.Client();
        using var done = new ManualResetEventSlim();
        DtlsPeer peer = client.Connect(server.LocalEndPoint, _ => done.Wait(Limit));
        Assert.That((peer.TrySend([1]), peer.TrySend([2])), Is.EqualTo((true, true)));
        peer.Send([3], Limit);
        peer.Send([4]);
        using DtlsPeer accepted = server.Accept();
        byte[] buffer = new byte[10];
        for (byte i = 1; i <= 4; i++)
        {
            DtlsReceiveResult result = accepted.Receive(buffer, Limit);
            Assert.That((result.Length, buffer[0]), Is.EqualTo((1, i)));
        }

        done.Set();
    }

    [Test, Watchdog(60)]
    public void Waiting_ends_by_timeout_by_cancellation_and_with_the_handshake()
    {
        using DtlsEndpoint nobody = TestEndpoints.Client();
        using DtlsEndpoint client = TestEndpoints.Client(handshakeTimeout: Limit);
        DtlsPeer peer = client.Connect(nobody.LocalEndPoint, Sessions.Echo);
        Assert.That(() => peer.Send([1], TimeSpan.FromMilliseconds(30)), Throws.TypeOf<TimeoutException>().With.Message.Contains("nothing was sent"));

        using var cancellation = new CancellationTokenSource();
        BlockingThread cancelled = BlockingThread.Start("cancelled", () => peer.Send([1], Limit, cancellation.Token));
        BlockingThread closed = BlockingThread.Start("closed", () => peer.Send([1], Limit));
        cancelled.WaitUntilBlocked(Limit);
        closed.WaitUntilBlocked(Limit);
        cancellation.Cancel();
        Assert.That(() => cancelled.Join(Limit), Throws.InstanceOf<OperationCanceledException>());
        peer.Close();
        Assert.That(() => closed.Join(Limit), Throws.InstanceOf<DtlsException>());
        Assert.That(() => peer.TrySend([1]), Throws.InstanceOf<DtlsException>());
    }

    [Test, Watchdog(60)]
    public void Close_sends_what_is_queued_before_the_close_notify()
    {
        using DtlsEndpoint server = TestEndpoints.Accepting();
        using DtlsEndpoint client = TestEndpoints.Client();
        DtlsPeer peer = client.Connect(server.LocalEndPoint, session => session.Receive(new byte[10]));
        Assert.That((peer.TrySend([1]), peer.TrySend([2])), Is.EqualTo((true, true)));
        Assert.That(peer.Close(Limit), Is.True);

        using DtlsPeer accepted = server.Accept();
        byte[] buffer = new byte[10];
        Assert.That((accepted.Receive(buffer, Limit).Length, buffer[0]), Is.EqualTo((1, 1)));
        Assert.That((accepted.Receive(buffer, Limit).Length, buffer[0]), Is.EqualTo((1, 2)));
        Assert.That(accepted.Receive(buffer, Limit).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
    }

    [Test, Watchdog(60)]
    public void Close_gives_up_at_its_deadline()
    {
        using DtlsEndpoint nobody = TestEndpoints.Client();
        using DtlsEndpoint client = TestEndpoints.Client();
        DtlsPeer peer = client.Connect(nobody.LocalEndPoint, Sessions.Echo);
        Assert.That(peer.TrySend([1]), Is.True);
        Assert.That(peer.Close(TimeSpan.FromMilliseconds(50)), Is.False);
        Eventually.Equal(0, () => client.Statistics.Peers, Limit, "the peers");
    }
}
