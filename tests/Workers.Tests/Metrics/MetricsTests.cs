using FifoDtls.TestSupport;

namespace FifoDtls.Tests.Metrics;

public sealed class MetricsTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(60)]
    public void What_is_observed_is_what_the_statistics_say()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client();
        using var metrics = new MetricCapture(() => server);
        using DtlsPeer peer = client.Connect(server.LocalEndPoint);
        EchoClient.Of(peer).RoundTrips(10);
        SendGarbage(server);
        Eventually.Equal(1L, () => server.Statistics.UnknownSources, Limit, "the datagram of a stranger is dropped");

        DtlsEndpointStatistics statistics = server.Statistics;

        Assert.Multiple(() =>
        {
            Assert.That(metrics.Observe("fifodtls.peers"), Is.EqualTo(1));
            Assert.That(metrics.Observe("fifodtls.handshakes.accepting"), Is.Zero);
            Assert.That(metrics.Observe("fifodtls.worker.threads"), Is.EqualTo(1));
            Assert.That(metrics.Observe("fifodtls.fifo.datagrams"), Is.Zero);
            Assert.That(metrics.Observe("fifodtls.datagrams", "network.io.direction=receive"), Is.EqualTo(statistics.DatagramsReceived).And.GreaterThan(10));
            Assert.That(metrics.Observe("fifodtls.datagrams", "network.io.direction=transmit"), Is.EqualTo(statistics.DatagramsSent).And.GreaterThan(10));
            Assert.That(metrics.Observe("fifodtls.io", "network.io.direction=receive"), Is.EqualTo(statistics.BytesReceived).And.GreaterThan(1_000));
            Assert.That(metrics.Observe("fifodtls.io", "network.io.direction=transmit"), Is.EqualTo(statistics.BytesSent).And.GreaterThan(1_000));
            Assert.That(metrics.Observe("fifodtls.datagrams.dropped", "fifodtls.drop.reason=unknown_source"), Is.EqualTo(1));
            Assert.That(metrics.Observe("fifodtls.cookies.sent"), Is.EqualTo(statistics.HelloVerifyRequests).And.Positive);
        });
    }

    [Test, Watchdog(60)]
    public void A_handshake_and_an_end_are_recorded_with_role_and_outcome()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client();
        using var atServer = new MetricCapture(() => server);
        using var atClient = new MetricCapture(() => client);

        using (client.Connect(server.LocalEndPoint))
        {
        }

        Eventually.Equal(1, () => atServer.Recorded("fifodtls.associations.ended", "fifodtls.role=server,fifodtls.association.end=closed_by_peer").Length, Limit, "the end at the server");
        Assert.That(atClient.Recorded("fifodtls.associations.ended", "fifodtls.role=client,fifodtls.association.end=closed_locally"), Is.EqualTo(new[] { 1.0 }));
        foreach ((MetricCapture metrics, string role) in new[] { (atServer, "server"), (atClient, "client") })
        {
            string tags = $"fifodtls.role={role},fifodtls.handshake.outcome=established";
            Assert.That(metrics.Recorded("fifodtls.handshakes", tags), Is.EqualTo(new[] { 1.0 }));
            Assert.That(metrics.Recorded("fifodtls.handshake.duration", tags), Has.One.GreaterThan(0.0).And.One.LessThan(Limit.TotalSeconds));
        }
    }

    [Test, Watchdog(60)]
    public void A_refused_certificate_is_the_outcome_of_its_handshake()
    {
        using var server = new DtlsEndpoint(new() { LocalEndPoint = TestEndpoints.Loopback, ServerContext = TestContexts.ServerOfOtherCa });
        using DtlsEndpoint client = TestEndpoints.Client();
        using var metrics = new MetricCapture(() => client);

        Assert.That(() => client.Connect(server.LocalEndPoint), Throws.InstanceOf<DtlsCertificateException>());

        const string tags = "fifodtls.role=client,fifodtls.handshake.outcome=certificate_refused";
        Assert.That(metrics.Recorded("fifodtls.handshakes", tags), Is.EqualTo(new[] { 1.0 }));
        Assert.That(metrics.Recorded("fifodtls.handshake.duration", tags), Has.Length.EqualTo(1));
        Assert.That(metrics.Observe("fifodtls.certificates.refused", "fifodtls.certificate.refusal=server_unknown"), Is.EqualTo(1));
    }

    [Test, Watchdog(60)]
    public void A_disposed_endpoint_is_observed_no_more()
    {
        DtlsEndpoint endpoint = TestEndpoints.Client();
        using var metrics = new MetricCapture(() => endpoint);
        Assert.That(metrics.Collect(), Is.Not.Empty);

        endpoint.Dispose();

        Assert.That(metrics.Collect(), Is.Empty);
    }

    [Test, Watchdog(60)]
    public void Retransmissions_and_invalid_datagrams_outlive_their_peer()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using var metrics = new MetricCapture(() => server);
        using (var client = new RawClient(server.LocalEndPoint))
        {
            // From its third datagram on, which begins its last flight, nothing comes through until the server has repeated its own.
            DtlsConnection connection = client.Begin(
                TestContexts.Client, (number, datagram) => number >= 2 && server.Statistics.Retransmissions == 0 ? null : datagram);
            connection.Handshake(Limit);
            client.SendRaw([23, 0xFE, 0xFD, 0, 1, 0, 0, 0, 0, 1, 0, 0, 32, .. new byte[32]]); // application data that nobody encrypted
            EchoClient.Of(connection).RoundTrip();
            connection.Close();
        }

        Eventually.Equal(0, () => server.Statistics.Peers, Limit, "the peer has gone");
        Assert.That(metrics.Observe("fifodtls.retransmissions"), Is.EqualTo(server.Statistics.Retransmissions).And.Positive);
        Assert.That(metrics.Observe("fifodtls.datagrams.dropped", "fifodtls.drop.reason=invalid"), Is.EqualTo(1));
    }

    private static void SendGarbage(DtlsEndpoint server)
    {
        using var stranger = new RawClient(server.LocalEndPoint);
        stranger.SendRaw([1, 2, 3]);
    }
}
