using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests.Metrics;

/// <summary>The counters that RFC 6353 §7 (snmpTlstmSession) asks for, by the names that docs/metrics.md gives to them.</summary>
public sealed class AssociationCountersTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(60)]
    public void Opens_accepts_and_closes_are_counted_on_the_side_that_did_them()
    {
        using DtlsEndpoint server = TestEndpoints.Accepting();
        using DtlsEndpoint client = TestEndpoints.Client();

        using (client.Connect(server.LocalEndPoint))
        {
            using DtlsPeer accepted = server.Accept();
            accepted.Close();
        }

        Eventually.Equal(0, () => server.Statistics.Peers + client.Statistics.Peers, Limit, "both have gone");
        DtlsEndpointStatistics atServer = server.Statistics;
        DtlsEndpointStatistics atClient = client.Statistics;
        Assert.That((atClient.Opens, atClient.OpensFailed, atClient.Connected, atClient.ServerCloses), Is.EqualTo((1L, 0L, 1L, 0L)));
        Assert.That((atServer.Opens, atServer.Accepted, atServer.ServerCloses, atServer.ClientCloses), Is.EqualTo((0L, 1L, 1L, 0L)));
    }

    [Test, Watchdog(60)]
    public void A_close_by_the_client_is_a_client_close_and_no_close_of_the_server()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client();

        client.Connect(server.LocalEndPoint).Dispose();

        Eventually.Equal(0, () => server.Statistics.Peers, Limit, "the server has heard of it");
        Assert.That((client.Statistics.ClientCloses, server.Statistics.ServerCloses), Is.EqualTo((1L, 0L)));
    }

    [Test, Watchdog(60)]
    public void An_open_fails_at_a_silent_address_and_at_one_that_has_a_peer()
    {
        using DtlsEndpoint silent = TestEndpoints.Client();
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsPeer peer = client.Connect(server.LocalEndPoint);

        Assert.That(() => client.Connect(server.LocalEndPoint), Throws.InstanceOf<DtlsPeerExistsException>());
        Assert.That(
            () => client.Connect(silent.LocalEndPoint, new DtlsConnectOptions { HandshakeTimeout = TimeSpan.FromMilliseconds(200) }),
            Throws.InstanceOf<TimeoutException>());

        Assert.That((client.Statistics.Opens, client.Statistics.OpensFailed), Is.EqualTo((3L, 2L)));
    }

    [Test, Watchdog(60)]
    public void A_server_certificate_of_an_unknown_authority_is_told_from_one_that_is_invalid()
    {
        using var stranger = new DtlsEndpoint(new() { LocalEndPoint = TestEndpoints.Loopback, ServerContext = TestContexts.ServerOfOtherCa });
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client();

        Assert.That(() => client.Connect(stranger.LocalEndPoint), Throws.InstanceOf<DtlsCertificateException>());
        Assert.That((client.Statistics.ServerCertificatesUnknown, client.Statistics.ServerCertificatesInvalid), Is.EqualTo((1L, 0L)));

        Assert.That(
            () => client.Connect(server.LocalEndPoint, new DtlsConnectOptions { ServerName = "another.fifodtls.test" }),
            Throws.InstanceOf<DtlsCertificateException>());
        Assert.That((client.Statistics.ServerCertificatesUnknown, client.Statistics.ServerCertificatesInvalid), Is.EqualTo((1L, 1L)));
    }

    [Test, Watchdog(60)]
    public void A_refused_client_certificate_is_counted_by_the_server([Values] bool sendsNone)
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client(sendsNone ? TestContexts.AnonymousClient : TestContexts.ClientOfOtherCa);

        Assert.That(() => client.Connect(server.LocalEndPoint), Throws.InstanceOf<DtlsException>());

        Eventually.Equal(1L, () => server.Statistics.ClientCertificatesRefused, Limit, "the refusal");
        Assert.That((client.Statistics.ServerCertificatesUnknown, client.Statistics.ServerCertificatesInvalid), Is.EqualTo((0L, 0L)));
    }

    [Test, Watchdog(60)]
    public void A_payload_that_has_no_association_is_counted_apart_from_one_for_a_disposed_peer()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client();
        DtlsPeer peer = client.Connect(server.LocalEndPoint);

        peer.Close();
        Assert.That(() => peer.Send("late"u8), Throws.InstanceOf<DtlsClosedException>());
        Assert.That((client.Statistics.SendsWithoutAssociation, client.Statistics.SendsAfterDisposal), Is.EqualTo((1L, 0L)));

        peer.Dispose();
        Assert.That(() => peer.Send("later"u8), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That((client.Statistics.SendsWithoutAssociation, client.Statistics.SendsAfterDisposal), Is.EqualTo((1L, 1L)));
    }

    [Test, Watchdog(60)]
    public void A_payload_that_is_too_large_is_no_lost_association()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsPeer peer = client.Connect(server.LocalEndPoint);

        Assert.That(() => peer.Send(new byte[peer.Negotiated!.MaxPayloadSize + 1]), Throws.ArgumentException);

        Assert.That(client.Statistics.SendsWithoutAssociation, Is.Zero);
    }
}
