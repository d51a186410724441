using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>The rates at which strangers are answered and handshakes begun: what happens beyond them, and that it passes.</summary>
public sealed class AdmissionRateTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(60)]
    public void HelloVerifyRequests_beyond_the_rate_are_not_sent_but_counted_and_told_in_one_line()
    {
        var log = new LogCapture();
        using DtlsEndpoint server = Server(log, answers: 1, handshakes: 1_000);
        using var stranger = new RawClient(server.LocalEndPoint);
        for (int i = 0; i < 50; i++)
        {
            stranger.SendRaw(new HelloBuilder().Build());
        }

        Eventually.Equal(50, () => server.Statistics.HelloVerifyRequests + server.Statistics.HelloVerifyRequestsLimited, Limit, "the ClientHellos");
        Assert.That(server.Statistics.HelloVerifyRequests, Is.InRange(1, 10));
        Assert.That(log.Of(LogCapture.Dropped), Has.Count.EqualTo(1).And.All.Contains("HelloVerifyRequests"));

        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsPeer peer = client.Connect(server.LocalEndPoint); // it repeats its ClientHello until there is an answer for it
        EchoClient.Of(peer).RoundTrips(3);
    }

    [Test, Watchdog(60)]
    public void A_valid_cookie_is_served_while_no_HelloVerifyRequest_may_be_sent()
    {
        using DtlsEndpoint server = Server(null, answers: 1, handshakes: 1_000);
        using var client = new RawClient(server.LocalEndPoint);
        DtlsConnection connection = client.Begin(TestContexts.Client, (number, datagram) =>
        {
            if (number == 1)
            {
                for (int i = 0; i < 20; i++)
                {
                    client.SendRaw(new HelloBuilder().Build());
                }
            }

            return datagram;
        });

        connection.Handshake(Limit);

        EchoClient.Of(connection).RoundTrips(3);
        Assert.That(server.Statistics.HelloVerifyRequestsLimited, Is.Positive);
        Assert.That(server.Statistics.Accepted, Is.EqualTo(1));
    }

    [Test, Watchdog(60)]
    public void Handshakes_beyond_the_rate_are_refused_with_a_count_and_a_line_and_their_clients_come_through_later()
    {
        var log = new LogCapture();
        using DtlsEndpoint server = Server(log, answers: 1_000, handshakes: 1);
        using var clients = new DisposableList<DtlsEndpoint>(3, () => TestEndpoints.Client());
        var connects = new List<BlockingThread<DtlsPeer>>();
        foreach (DtlsEndpoint client in clients)
        {
            connects.Add(BlockingThread.Start("client", () => client.Connect(server.LocalEndPoint)));
        }

        foreach (BlockingThread<DtlsPeer> connect in connects)
        {
            EchoClient.Of(connect.Join(Limit)).RoundTrips(3);
        }

        Assert.That(server.Statistics.Accepted, Is.EqualTo(3));
        Assert.That(server.Statistics.RefusedHandshakeRate, Is.Positive);
        Assert.That(log.Of(LogCapture.Dropped), Has.Count.EqualTo(1).And.All.Contains("begun in this second"));
    }

    private static DtlsEndpoint Server(LogCapture? log, int answers, int handshakes) => new(
        new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ServerContext = TestContexts.Server,
            Session = Sessions.Echo,
            MaxHelloVerifyRequestsPerSecond = answers,
            MaxHandshakesPerSecond = handshakes,
            MaxParkedThreads = 0,
        },
        log);
}
