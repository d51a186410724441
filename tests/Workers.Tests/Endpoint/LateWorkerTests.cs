namespace FifoDtls.Tests;

public sealed class LateWorkerTests
{
    [Test, Watchdog(60)]
    public void A_worker_that_tells_of_an_association_which_has_been_freed_meanwhile_does_not_throw()
    {
        var log = new LogCapture();
        using DtlsEndpoint server = TestEndpoints.Accepting();
        using DtlsEndpoint client = TestEndpoints.Client(log: log);
        DtlsPeer peer = client.Connect(server.LocalEndPoint);
        peer.Dispose();

        // What a worker does after its handshake; an exception there would end the process.
        Assert.That(() => client.Established(peer), Throws.Nothing);
        Assert.That(log.Of(LogCapture.Established), Has.Count.EqualTo(2));
    }
}
