using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Clients that get a cookie and then misbehave: the others are served on, one log line says why, and after the deadline nothing is left of them.</summary>
public sealed class MisbehavingClientTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    [TestCase(2, 1_400, TestName = "Silent_after_its_ClientHello_with_cookie")]
    [TestCase(3, 400, TestName = "Vanished_after_the_first_datagram_of_its_second_flight")]
    [TestCase(4, 400, TestName = "Vanished_after_the_second_datagram_of_its_second_flight")]
    [Watchdog(60)]
    public void A_client_that_falls_silent_is_given_up_at_the_deadline(int datagrams, int datagramSize)
    {
        using var world = new World();
        using var client = new RawClient(world.Server.LocalEndPoint);

        client.TryHandshake(TestContexts.Client, (number, datagram) => number < datagrams ? datagram : null, Patience, datagramSize);

        world.RequireOneFailure(client, DtlsPeerEnd.HandshakeTimedOut, "not finished within 2 s");
    }

    [Test, Watchdog(60)]
    public void A_client_that_vanishes_after_its_first_ClientHello_was_never_there()
    {
        using var world = new World();
        using var client = new RawClient(world.Server.LocalEndPoint);

        client.TryHandshake(TestContexts.Client, (number, datagram) => number < 1 ? datagram : null, Patience);

        Eventually.Equal(2, () => world.Server.Statistics.HelloVerifyRequests, Limit, "the cookies: the live client's and this one's");
        world.RequireBaseline();
        Assert.That(world.Log.Of(LogCapture.HandshakeFailed), Is.Empty);
    }

    [Test, Watchdog(60)]
    public void A_client_that_sends_noise_instead_of_its_second_flight_is_given_up_at_the_deadline()
    {
        using var world = new World();
        using var client = new RawClient(world.Server.LocalEndPoint);

        client.TryHandshake(TestContexts.Client, (number, datagram) => number < 2 ? datagram : Noise(datagram.Length), Patience);

        world.RequireOneFailure(client, DtlsPeerEnd.HandshakeTimedOut, "not finished within 2 s");
    }

    [Test, Watchdog(60)]
    public void A_client_whose_second_flight_is_a_wellformed_record_of_noise_fails()
    {
        using var world = new World();
        using var client = new RawClient(world.Server.LocalEndPoint);

        client.TryHandshake(
            TestContexts.Client,
            (number, datagram) =>
            {
                if (number >= 2)
                {
                    datagram.AsSpan(25, DtlsRecord.FragmentSize(datagram) - 12).Fill(0xA5); // behind the headers of record and message
                }

                return datagram;
            },
            Patience);

        world.RequireOneFailure(client, DtlsPeerEnd.Failed, "alert");
    }

    [Test, Watchdog(60)]
    public void A_client_of_an_authority_that_is_not_trusted_is_refused()
    {
        using var world = new World();
        using DtlsEndpoint client = TestEndpoints.Client(TestContexts.ClientOfOtherCa);

        DtlsProtocolException? failure = Assert.Throws<DtlsProtocolException>(() => client.Connect(world.Server.LocalEndPoint));

        Assert.That((failure!.Alert, failure.AlertSender), Is.EqualTo((DtlsAlert.UnknownCa, DtlsSide.Remote)));
        world.RequireOneFailure(client.LocalEndPoint.ToString(), DtlsPeerEnd.CertificateRefused, "certificate was refused");
    }

    [Test, Watchdog(60)]
    public void A_client_without_a_certificate_is_refused_where_one_is_required()
    {
        using var world = new World();
        using DtlsEndpoint client = TestEndpoints.Client(TestContexts.AnonymousClient);

        DtlsProtocolException? failure = Assert.Throws<DtlsProtocolException>(() => client.Connect(world.Server.LocalEndPoint));

        Assert.That(failure!.AlertSender, Is.EqualTo(DtlsSide.Remote));
        world.RequireOneFailure(client.LocalEndPoint.ToString(), DtlsPeerEnd.CertificateRefused, "sent no certificate");
    }

    [Test, Watchdog(60)]
    public void Fifty_silent_clients_at_once_leave_nothing()
    {
        using var world = new World();
        using DisposableList<RawClient> clients = new(50, () => new RawClient(world.Server.LocalEndPoint));
        BlockingThread.JoinAll(Limit, [.. clients.Select(client => BlockingThread.Start(
            "silent client", () => client.TryHandshake(TestContexts.Client, (number, datagram) => number < 2 ? datagram : null, TimeSpan.FromSeconds(1))))]);

        Eventually.Equal(50, () => world.Log.Of(LogCapture.HandshakeFailed).Count, Limit, "one line for each");
        world.RequireBaseline();
    }

    private static byte[] Noise(int length)
    {
        byte[] noise = new byte[length];
        new Random(length).NextBytes(noise);
        noise[0] = 0xFF; // no record type
        return noise;
    }

    /// <summary>A server with a short handshake deadline, and a live client that must not notice anything.</summary>
    private sealed class World : IDisposable
    {
        private readonly DtlsEndpoint _client = TestEndpoints.Client();
        private readonly DtlsPeer _live;
        private readonly EchoClient _echo;

        internal World()
        {
            Server = TestEndpoints.EchoServer(Log, TestEndpoints.ShortHandshake);
            _live = _client.Connect(Server.LocalEndPoint);
            _echo = EchoClient.Of(_live);
            _echo.RoundTrip();
        }

        internal LogCapture Log { get; } = new();

        internal DtlsEndpoint Server { get; }

        internal void RequireOneFailure(RawClient client, DtlsPeerEnd end, string reason) => RequireOneFailure(client.LocalEndPoint.ToString(), end, reason);

        internal void RequireOneFailure(string client, DtlsPeerEnd end, string reason)
        {
            Eventually.True(
                () =>
                {
                    _echo.RoundTrip(); // served on, all the while
                    return Log.Of(LogCapture.HandshakeFailed).Count > 0;
                },
                Limit,
                "the failure is told");
            RequireBaseline();
            Assert.That(Log.Of(LogCapture.HandshakeFailed), Has.Count.EqualTo(1));
            Assert.That(Log.Of(LogCapture.HandshakeFailed)[0], Does.Contain(client).And.Contain(end.ToString()).And.Contain(reason));
            Assert.That(Server.Statistics.HandshakesFailed, Is.EqualTo(1));
        }

        /// <summary>The live client is all that is there: one peer, one thread, no handshake.</summary>
        internal void RequireBaseline()
        {
            Eventually.Equal(
                (1, 0, 1),
                () =>
                {
                    _echo.RoundTrip();
                    DtlsEndpointStatistics now = Server.Statistics;
                    return (now.Peers, now.AcceptingHandshakes, now.WorkerThreads);
                },
                Limit,
                "the number of peers, handshakes and threads");
            Assert.That(_echo.Repeated, Is.Zero, "the live client lost nothing");
        }

        public void Dispose()
        {
            _live.Dispose();
            _client.Dispose();
            Server.Dispose();
        }
    }
}
