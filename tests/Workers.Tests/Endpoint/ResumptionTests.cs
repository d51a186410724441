using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

public sealed class ResumptionTests
{
    [Test, Watchdog(60)]
    public void A_client_resumes_its_session_over_the_cookie_exchange_and_the_server_knows_it_still()
    {
        using DtlsContext serverContext = Make(TestPki.Server);
        using DtlsContext clientContext = Make(TestPki.Client);
        using var server = new DtlsEndpoint(new DtlsEndpointOptions { LocalEndPoint = TestEndpoints.Loopback, ServerContext = serverContext });
        using DtlsEndpoint client = TestEndpoints.Client(clientContext);
        byte[] exported;
        using (DtlsPeer first = client.Connect(server.LocalEndPoint))
        {
            using DtlsPeer accepted = server.Accept();
            Assert.That((first.Negotiated!.WasResumed, accepted.Negotiated!.WasResumed), Is.EqualTo((false, false)));
            using DtlsSession session = first.ExportSession()!;
            exported = session.Export();
        }

        using DtlsSession imported = DtlsSession.Import(exported);
        using DtlsEndpoint later = TestEndpoints.Client(clientContext);
        using DtlsPeer second = later.Connect(server.LocalEndPoint, new DtlsConnectOptions { Session = imported });
        using DtlsPeer again = server.Accept();
        Assert.That((second.Negotiated!.WasResumed, again.Negotiated!.WasResumed), Is.EqualTo((true, true)));
        Assert.That(again.Negotiated.PeerCertificate!.Subject, Is.EqualTo(TestPki.Client.Subject));
    }

    private static DtlsContext Make(System.Security.Cryptography.X509Certificates.X509Certificate2 certificate) => new(new DtlsContextOptions
    {
        Credentials = DtlsCredentials.FromCertificate(certificate),
        TrustAnchors = [TestPki.Ca],
        Resumption = new DtlsResumptionOptions { Scope = "test" },
    });
}
