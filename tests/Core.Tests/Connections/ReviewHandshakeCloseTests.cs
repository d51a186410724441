namespace FifoDtls.Tests;

public sealed class ReviewHandshakeCloseTests
{
    [Test, CancelAfter(60_000)]
    public void A_close_during_the_handshake_is_told_as_what_it_is()
    {
        using var link = new MemoryLink();
        using var client = new DtlsConnection(TestContexts.Client, link.Client, DtlsRole.Client);
        link.ToClient.Deliver(Tests.Records.Make(DtlsRecord.Alert, 0, 1, [1, 0]));

        DtlsProtocolException? failure = Assert.Throws<DtlsProtocolException>(() => client.Handshake(Limits.Watchdog));

        Assert.That(failure!.Message, Does.Contain("the peer closed the association"));
        Assert.That((failure.Alert, failure.AlertSender), Is.EqualTo((DtlsAlert.CloseNotify, DtlsSide.Remote)));
    }
}
