using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Session tickets over the cookie exchange: the ClientHello carries a ticket with the client's certificate, and so comes in fragments on a small path.</summary>
public sealed class TicketTests
{
    [Test, Watchdog(60)]
    public void A_server_behind_the_same_address_resumes_what_another_began([Values(256, 548, 1_400)] int mtu)
    {
        using DtlsContext clientContext = Make(TestPki.Client, null);
        using DtlsContext firstContext = Make(TestPki.Server, new DtlsTicketOptions { Key = new byte[32] });
        using DtlsContext secondContext = Make(TestPki.Server, new DtlsTicketOptions { Key = new byte[32] });
        using DtlsEndpoint client = new(new DtlsEndpointOptions { LocalEndPoint = TestEndpoints.Loopback, ClientContext = clientContext, MaxDatagramSize = mtu });
        DtlsSession session;
        IPEndPoint address;
        using (DtlsEndpoint server = Serve(firstContext, TestEndpoints.Loopback, mtu))
        using (DtlsPeer first = client.Connect(address = server.LocalEndPoint))
        {
            session = first.ExportSession()!;
        }

        using DtlsEndpoint other = Serve(secondContext, address, mtu);
        for (int i = 0; i < 3; i++)
        {
            using DtlsPeer peer = client.Connect(address, new DtlsConnectOptions { Session = session });
            using DtlsPeer accepted = other.Accept();
            Assert.That((peer.Negotiated!.WasResumed, accepted.Negotiated!.WasResumed), Is.EqualTo((true, true)));
            Assert.That(accepted.Negotiated.PeerCertificate!.Subject, Is.EqualTo(TestPki.Client.Subject));
        }

        session.Dispose();
        Assert.That((other.Statistics.Accepted, other.Statistics.ServerResumptions), Is.EqualTo((3, 3)));
        Assert.That((client.Statistics.Connected, client.Statistics.ClientResumptions), Is.EqualTo((4, 3)));
    }

    [Test, Watchdog(60)]
    public void What_is_resumed_is_counted_by_the_cache_as_by_tickets([Values] bool tickets)
    {
        DtlsEndpoint? server = null;
        using var metrics = new MetricCapture(() => server);
        using DtlsContext clientContext = Make(TestPki.Client, null);
        using DtlsContext serverContext = Make(TestPki.Server, tickets ? new DtlsTicketOptions() : null);
        using DtlsEndpoint client = TestEndpoints.Client(clientContext);
        using DtlsEndpoint serving = server = Serve(serverContext, TestEndpoints.Loopback, 1_400);
        DtlsSession? session = null;
        for (int i = 0; i < 3; i++)
        {
            using DtlsPeer peer = client.Connect(server.LocalEndPoint, new DtlsConnectOptions { Session = session });
            using DtlsPeer accepted = server.Accept();
            session ??= peer.ExportSession();
        }

        session!.Dispose();
        Assert.That((client.Statistics.ClientResumptions, server.Statistics.ServerResumptions), Is.EqualTo((2, 2)));
        Assert.That((client.Statistics.ServerResumptions, server.Statistics.ClientResumptions), Is.EqualTo((0, 0)));
        Assert.That((metrics.Observe("fifodtls.resumptions", "fifodtls.role=server"), metrics.Observe("fifodtls.resumptions", "fifodtls.role=client")), Is.EqualTo((2, 0)));
    }

    private static DtlsEndpoint Serve(DtlsContext context, IPEndPoint local, int mtu) =>
        new(new DtlsEndpointOptions { LocalEndPoint = local, ServerContext = context, MaxDatagramSize = mtu });

    private static DtlsContext Make(System.Security.Cryptography.X509Certificates.X509Certificate2 certificate, DtlsTicketOptions? tickets)
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate);
        return new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials,
            TrustAnchors = [TestPki.Ca],
            Resumption = new DtlsResumptionOptions { Scope = "test", Tickets = tickets },
        });
    }
}
