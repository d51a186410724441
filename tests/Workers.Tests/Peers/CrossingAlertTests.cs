using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>An alert that is held back when the side that it came to yields to the other's ClientHello.</summary>
public sealed class CrossingAlertTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(60)]
    public void An_alert_to_the_attempt_that_is_given_up_does_not_end_the_peer()
    {
        using DtlsEndpoint caller = TestEndpoints.Node();
        using var called = new RawClient(caller.LocalEndPoint);
        BlockingThread connect = BlockingThread.Start("connect", () =>
        {
            using DtlsPeer peer = caller.Connect(called.LocalEndPoint);
        });
        Assert.That(ClientHello.Begins(called.ReceiveRaw(Limit)), Is.True, "the caller's ClientHello comes");

        called.SendRaw(Records.Make(DtlsRecord.Alert, 0, 0, [2, (byte)DtlsAlert.AccessDenied]));
        var hello = new HelloBuilder { Random = new byte[32] }; // smaller than the caller's: the caller yields
        called.SendRaw(hello.Build());
        byte[] cookie = HelloBuilder.CookieOf(called.ReceiveRaw(Limit)!);
        called.SendRaw((hello with { Cookie = cookie, MessageSequence = 1 }).Build());

        Assert.That(connect.TryJoin(Limit), Is.True, "the server that the caller has become refuses a ClientHello with nothing in it");
        Assert.That(caller.Statistics.CrossedHellos, Is.EqualTo(1));
        Assert.That(connect.Exception, Is.TypeOf<DtlsProtocolException>().With.Property(nameof(DtlsProtocolException.AlertSender)).EqualTo(DtlsSide.Local));
    }
}
