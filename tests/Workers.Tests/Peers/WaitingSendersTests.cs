using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>How many threads may wait for one peer's handshake.</summary>
public sealed class WaitingSendersTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(60)]
    public void Beyond_the_limit_a_Send_is_refused_at_once_and_a_place_that_is_left_can_be_taken()
    {
        using DtlsEndpoint nobody = TestEndpoints.Client();
        using DtlsEndpoint client = Client(maxWaitingSenders: 2);
        DtlsPeer peer = client.Connect(nobody.LocalEndPoint, Sessions.Echo);
        using var cancellation = new CancellationTokenSource();
        BlockingThread first = BlockingThread.Start("first", () => peer.Send([1], Limit, cancellation.Token));
        BlockingThread second = BlockingThread.Start("second", () => peer.Send([1], Limit));
        first.WaitUntilBlocked(Limit);
        second.WaitUntilBlocked(Limit);

        Assert.That(() => peer.Send([1], Limit), Throws.InvalidOperationException.With.Message.Contains(nameof(DtlsEndpointOptions.MaxWaitingSenders)));

        cancellation.Cancel();
        Assert.That(() => first.Join(Limit), Throws.InstanceOf<OperationCanceledException>());
        BlockingThread third = BlockingThread.Start("third", () => peer.Send([1], Limit));
        third.WaitUntilBlocked(Limit);
        peer.Close();
        Assert.That(() => second.Join(Limit), Throws.InstanceOf<DtlsException>());
        Assert.That(() => third.Join(Limit), Throws.InstanceOf<DtlsException>());
    }

    [Test, Watchdog(60)]
    public void With_a_limit_of_none_nobody_waits_and_who_is_established_is_not_concerned()
    {
        using DtlsEndpoint server = TestEndpoints.Accepting();
        using DtlsEndpoint nobody = TestEndpoints.Client();
        using DtlsEndpoint client = Client(maxWaitingSenders: 0);
        DtlsPeer waiting = client.Connect(nobody.LocalEndPoint, Sessions.Echo);
        Assert.That(() => waiting.Send([1], Limit), Throws.InvalidOperationException);

        using DtlsPeer peer = client.Connect(server.LocalEndPoint);
        using DtlsPeer accepted = server.Accept();
        peer.Send([1], Limit);
        Assert.That(accepted.Receive(new byte[10], Limit).Length, Is.EqualTo(1));
    }

    [TestCase(-1), TestCase(65_537)]
    public void The_limit_has_its_range(int value) =>
        Assert.That(() => Client(value), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains(nameof(DtlsEndpointOptions.MaxWaitingSenders)));

    private static DtlsEndpoint Client(int maxWaitingSenders) => new(new DtlsEndpointOptions
    {
        LocalEndPoint = TestEndpoints.Loopback, ClientContext = TestContexts.Client, MaxWaitingSenders = maxWaitingSenders,
    });
}
