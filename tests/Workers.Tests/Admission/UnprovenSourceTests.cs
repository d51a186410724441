using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>No state before proof: what an unknown source sends leaves neither a peer nor a thread behind.</summary>
public sealed class UnprovenSourceTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(60)]
    public void Garbage_is_counted_and_told_in_one_line()
    {
        var log = new LogCapture();
        using DtlsEndpoint server = TestEndpoints.EchoServer(log);
        using var stranger = new RawClient(server.LocalEndPoint);
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            byte[] garbage = new byte[random.Next(0, 1_400)];
            random.NextBytes(garbage);
            garbage.AsSpan(0, Math.Min(1, garbage.Length)).Fill(99); // no record type
            stranger.SendRaw(garbage);
        }

        Eventually.Equal(200, () => server.Statistics.UnknownSources, Limit, "the datagrams from unknown sources");
        RequireNothingLeft(server);
        Assert.That(log.Of(LogCapture.Dropped), Has.Count.EqualTo(1));
        Assert.That(log.Of(LogCapture.Dropped)[0], Does.Contain("no peer and no ClientHello").And.Contain(stranger.LocalEndPoint.ToString()));
    }

    [Test, Watchdog(60)]
    public void A_malformed_ClientHello_is_counted_and_not_answered()
    {
        var log = new LogCapture();
        using DtlsEndpoint server = TestEndpoints.EchoServer(log);
        using var stranger = new RawClient(server.LocalEndPoint);
        byte[] malformed = new HelloBuilder().Build();
        malformed[24]++; // the fragment is longer than its record

        stranger.SendRaw(malformed);
        stranger.SendRaw(malformed.AsSpan(0, 20));

        Eventually.Equal(2, () => server.Statistics.MalformedHellos, Limit, "the malformed ClientHellos");
        RequireNothingLeft(server);
        Assert.That(server.Statistics.DatagramsSent, Is.Zero);
        Assert.That(server.Statistics.HelloVerifyRequests, Is.Zero);
        Assert.That(log.Of(LogCapture.Dropped), Has.Count.EqualTo(1).And.All.Contains("malformed"));
    }

    [Test, Watchdog(60)]
    public void A_ClientHello_without_a_valid_cookie_is_answered_with_one_and_forgotten()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using var stranger = new RawClient(server.LocalEndPoint);
        var first = new HelloBuilder();
        byte[] cookie = Ask(stranger, first);
        HelloBuilder second = first with { Cookie = cookie, MessageSequence = 1, RecordSequence = 1 };
        byte[] wrong = [.. cookie];
        wrong[5] ^= 1;

        Ask(stranger, first);
        Ask(stranger, second with { Cookie = wrong });
        Ask(stranger, second with { Random = new byte[32] });
        Ask(stranger, second with { Suites = [0xC0, 0x2C] });
        Ask(stranger, second with { Session = [1] });
        Ask(stranger, second with { MessageSequence = 0 });

        RequireNothingLeft(server);
        Assert.That(server.Statistics.HelloVerifyRequests, Is.EqualTo(7));
        Assert.That(server.Statistics.InvalidCookies, Is.EqualTo(5));
    }

    [Test, Watchdog(60)]
    public void A_cookie_is_worth_nothing_at_another_port()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using var owner = new RawClient(server.LocalEndPoint);
        using var thief = new RawClient(server.LocalEndPoint);
        var first = new HelloBuilder();
        HelloBuilder second = first with { Cookie = Ask(owner, first), MessageSequence = 1, RecordSequence = 1 };

        Ask(thief, second);
        RequireNothingLeft(server);

        owner.SendRaw(second.Build());
        Eventually.Equal(1, () => server.Statistics.HandshakesFailed + server.Statistics.Peers, Limit, "the attempts that the owner's cookie begins");
    }

    [Test, Watchdog(60)]
    public void An_endpoint_that_only_connects_answers_no_ClientHello()
    {
        using DtlsEndpoint client = TestEndpoints.Client();
        using var stranger = new RawClient(client.LocalEndPoint);

        stranger.SendRaw(new HelloBuilder().Build());

        Eventually.Equal(1, () => client.Statistics.UnknownSources, Limit, "the datagrams from unknown sources");
        Assert.That(client.Statistics.HelloVerifyRequests, Is.Zero);
    }

    [Test, Watchdog(60)]
    public void MaxPeers_refuses_with_a_count_and_a_line_and_recovers()
    {
        var log = new LogCapture();
        using DtlsEndpoint server = new(
            new DtlsEndpointOptions { LocalEndPoint = TestEndpoints.Loopback, ServerContext = TestContexts.Server, Session = Sessions.Echo, MaxPeers = 1 }, log);
        using DtlsEndpoint one = TestEndpoints.Client();
        using DtlsEndpoint other = TestEndpoints.Client();
        DtlsPeer first = one.Connect(server.LocalEndPoint);
        BlockingThread<DtlsPeer> waiting = BlockingThread.Start("second client", () => other.Connect(server.LocalEndPoint));
        Eventually.True(() => server.Statistics.RefusedPeersFull > 0, Limit, "the second client is refused");
        EchoClient.Of(first).RoundTrips(5);
        Assert.That(server.Statistics.Peers, Is.EqualTo(1));

        first.Dispose();

        using DtlsPeer second = waiting.Join(Limit); // its ClientHello is repeated, and now there is room
        EchoClient.Of(second).RoundTrips(5);
        Assert.That(log.Of(LogCapture.Dropped), Has.Count.EqualTo(1).And.All.Contains("all the peers"));
    }

    [Test, Watchdog(60)]
    public void MaxHandshakes_refuses_with_a_count_and_a_line_and_recovers()
    {
        var log = new LogCapture();
        using DtlsEndpoint server = new(
            new DtlsEndpointOptions
            {
                LocalEndPoint = TestEndpoints.Loopback,
                ServerContext = TestContexts.Server,
                Session = Sessions.Echo,
                MaxHandshakes = 1,
                HandshakeTimeout = TestEndpoints.ShortHandshake,
            },
            log);
        using var silent = new RawClient(server.LocalEndPoint);
        using DtlsEndpoint client = TestEndpoints.Client();
        silent.TryHandshake(TestContexts.Client, (number, datagram) => number < 2 ? datagram : null, TimeSpan.FromMilliseconds(500));
        Eventually.Equal(1, () => server.Statistics.AcceptingHandshakes, Limit, "the handshakes in progress");

        using DtlsPeer peer = client.Connect(server.LocalEndPoint); // waits for the silent one's deadline

        EchoClient.Of(peer).RoundTrips(5);
        DtlsEndpointStatistics statistics = server.Statistics;
        Assert.That(statistics.RefusedHandshakesFull, Is.Positive);
        Assert.That((statistics.AcceptingHandshakes, statistics.Peers, statistics.HandshakesFailed), Is.EqualTo((0, 1, 1)));
        Assert.That(log.Of(LogCapture.Dropped), Has.Count.EqualTo(1).And.All.Contains("as many handshakes"));
    }

    private static byte[] Ask(RawClient source, HelloBuilder hello)
    {
        source.SendRaw(hello.Build());
        byte[]? answer = source.ReceiveRaw(Limit);
        Assert.That(answer, Is.Not.Null);
        return HelloBuilder.CookieOf(answer!);
    }

    private static void RequireNothingLeft(DtlsEndpoint server)
    {
        DtlsEndpointStatistics statistics = server.Statistics;
        Assert.That((statistics.Peers, statistics.WorkerThreads, statistics.AcceptingHandshakes), Is.EqualTo((0, 0, 0)));
    }
}
