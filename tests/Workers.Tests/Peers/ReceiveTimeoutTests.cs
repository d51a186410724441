using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>The timeout of a peer's Receive that names none: the endpoint's, unless the peer has its own.</summary>
public sealed class ReceiveTimeoutTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(60)]
    public void A_peer_begins_with_the_endpoints_and_may_have_its_own()
    {
        using var server = new DtlsEndpoint(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback, ServerContext = TestContexts.Server, ReceiveTimeout = TimeSpan.FromMilliseconds(50),
        });
        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsPeer peer = client.Connect(server.LocalEndPoint);
        using DtlsPeer accepted = server.Accept();
        byte[] buffer = new byte[10];

        Assert.That(accepted.Receive(buffer).Status, Is.EqualTo(DtlsReceiveStatus.TimedOut));
        accepted.ReceiveTimeout = Timeout.InfiniteTimeSpan;
        BlockingThread<DtlsReceiveResult> receiving = BlockingThread.Start("receiver", () => accepted.Receive(buffer));
        receiving.WaitUntilBlocked(Limit);
        peer.Send([1]);
        Assert.That(receiving.Join(Limit).Length, Is.EqualTo(1));
        Assert.That(peer.ReceiveTimeout, Is.EqualTo(Timeout.InfiniteTimeSpan), "unless it is set");
    }

    [Test, Watchdog(60)]
    public void It_may_be_set_before_the_handshake_is_done()
    {
        using DtlsEndpoint server = TestEndpoints.Accepting();
        using DtlsEndpoint client = TestEndpoints.Client();
        using var mayReceive = new ManualResetEventSlim();
        var status = (DtlsReceiveStatus)(-1);
        DtlsPeer peer = client.Connect(server.LocalEndPoint, session =>
        {
            mayReceive.Wait(Limit);
            status = session.Receive(new byte[10]).Status;
        });
        peer.ReceiveTimeout = TimeSpan.Zero;
        mayReceive.Set();
        Eventually.Equal(DtlsPeerEnd.ClosedLocally, () => peer.End, Limit, "the peer's end");
        Assert.That(status, Is.EqualTo(DtlsReceiveStatus.TimedOut));
    }

    [Test]
    public void A_negative_option_is_refused_by_name() =>
        Assert.That(
            () => new DtlsEndpoint(new DtlsEndpointOptions { ClientContext = TestContexts.Client, ReceiveTimeout = TimeSpan.FromSeconds(-1) }),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains(nameof(DtlsEndpointOptions.ReceiveTimeout)));
}
