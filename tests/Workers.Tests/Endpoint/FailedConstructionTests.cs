using System.Net;

namespace FifoDtls.Tests;

public sealed class FailedConstructionTests
{
    private const int Listening = 1;

    /// <summary>Nobody gets an endpoint whose constructor throws, so nobody can dispose it.</summary>
    [Test, Watchdog(60)]
    public void An_endpoint_that_fails_after_it_has_bound_gives_its_port_back()
    {
        IPEndPoint local;
        using (DtlsEndpoint endpoint = TestEndpoints.Client())
        {
            local = endpoint.LocalEndPoint;
        }

        var log = new LogCapture { Logging = id => _ = id == Listening ? throw new InvalidOperationException("a logger that throws") : id };

        Assert.That(() => TestEndpoints.Client(local: local, log: log), Throws.InvalidOperationException.With.Message.EqualTo("a logger that throws"));
        using DtlsEndpoint again = TestEndpoints.Client(local: local);
        Assert.That(again.LocalEndPoint, Is.EqualTo(local));
    }
}
