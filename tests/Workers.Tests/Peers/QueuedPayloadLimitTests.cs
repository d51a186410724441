namespace FifoDtls.Tests;

public sealed class QueuedPayloadLimitTests
{
    [Test, Watchdog(60)]
    public void TrySend_keeps_as_many_payloads_and_bytes_as_the_endpoint_allows()
    {
        using DtlsEndpoint nobody = TestEndpoints.Client();
        using DtlsEndpoint client = Client(payloads: 3, bytes: 100);
        DtlsPeer peer = client.Connect(nobody.LocalEndPoint, Sessions.Echo);
        Assert.That((peer.TrySend(new byte[60]), peer.TrySend(new byte[41]), peer.TrySend(new byte[40])), Is.EqualTo((true, false, true)), "by bytes");

        using DtlsEndpoint nobodyEither = TestEndpoints.Client();
        DtlsPeer other = client.Connect(nobodyEither.LocalEndPoint, Sessions.Echo);
        Assert.That((other.TrySend([1]), other.TrySend([2]), other.TrySend([3]), other.TrySend([4])), Is.EqualTo((true, true, true, false)), "by number, for each peer");
        Assert.That(() => other.TrySend(new byte[1_400]), Throws.ArgumentException.With.Message.Contains("before the handshake"), "never, not just not now");
    }

    [TestCase(-1, 0), TestCase(65_537, 0), TestCase(0, -1), TestCase(0, (16 << 20) + 1)]
    public void The_limits_have_their_ranges(int payloads, int bytes) => Assert.That(() => Client(payloads, bytes), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static DtlsEndpoint Client(int payloads, int bytes) => new(new DtlsEndpointOptions
    {
        LocalEndPoint = TestEndpoints.Loopback, ClientContext = TestContexts.Client, MaxQueuedPayloads = payloads, MaxQueuedBytes = bytes,
    });
}
