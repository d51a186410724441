using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Clients whose ClientHellos come in fragments. A real client's datagrams are cut on their way, so what is served must be exactly what it sent.</summary>
public sealed class FragmentedHelloTests
{
    private const int FirstSize = 110; // version, random, session and cookie, and a part of the suites
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(120)]
    public void Four_fragments_in_every_order_are_served_when_they_are_repeated()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        int served = 0;
        foreach (int[] order in HelloSplitter.Permutations<int>([0, 1, 2, 3]))
        {
            using var client = new RawClient(server.LocalEndPoint);
            Serve(client, fragments => [.. order.Select(i => fragments[i]), .. order.Select(i => fragments[i])]);
            served++;
        }

        Assert.That(served, Is.EqualTo(24));
        Assert.That(server.Statistics.HellosReassembled, Is.EqualTo(served));
        Assert.That(server.Statistics.HelloFragmentsDropped, Is.Positive, "those before the first, and those of the ClientHello without a cookie");
        Assert.That(server.Statistics.Accepted, Is.EqualTo(served));
        Assert.That(server.Statistics.MalformedHellos + server.Statistics.InvalidCookies + server.Statistics.FifoDrops, Is.Zero);
    }

    [Test, Watchdog(60)]
    public void Random_overlaps_and_repetitions_are_served()
    {
        int seed = Environment.TickCount ^ Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        for (int round = 0; round < 20; round++)
        {
            using var client = new RawClient(server.LocalEndPoint);
            Handshake(client, whole =>
            {
                var sent = new List<byte[]> { HelloSplitter.Fragment(whole, 0, FirstSize) };
                int body = whole.Length - HelloSplitter.HeadersSize;
                for (int at = FirstSize; at < body; at += 20)
                {
                    int from = Math.Max(0, at - random.Next(30));
                    sent.Add(HelloSplitter.Fragment(whole, from, Math.Min(body - from, at - from + 20 + random.Next(30)) - (from == 0 && at + 50 >= body ? 1 : 0)));
                    if (random.Next(3) == 0)
                    {
                        sent.Add(sent[random.Next(sent.Count)]);
                    }
                }

                return sent;
            });
        }

        Assert.That(server.Statistics.Accepted, Is.EqualTo(20));
    }

    [Test, Watchdog(60)]
    public void Several_fragments_in_one_datagram_are_served()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using var client = new RawClient(server.LocalEndPoint);

        Serve(client, fragments => [[.. fragments[0], .. fragments[1]], [.. fragments[2], .. fragments[3]]]);

        Assert.That(server.Statistics.HellosReassembled, Is.EqualTo(1));
    }

    [Test, Watchdog(60)]
    public void A_fragment_that_is_lost_is_made_up_for_by_the_clients_own_repetition()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using var client = new RawClient(server.LocalEndPoint);
        int lost = 0;

        Serve(client, fragments =>
        {
            lost++; // the cookieless one counts too, and does not need its rest
            return lost <= 2 ? [fragments[0], fragments[1], fragments[3]] : [fragments[0], fragments[2]];
        });

        Assert.That(lost, Is.EqualTo(3));
        Assert.That(server.Statistics.HellosReassembled, Is.EqualTo(1));
    }

    [Test, Watchdog(60)]
    public void Fragments_of_a_ClientHello_that_is_served_hurt_neither_its_handshake_nor_its_session()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using var client = new RawClient(server.LocalEndPoint);
        byte[][] repeated = [];
        DtlsConnection connection = client.Begin(TestContexts.Client, (_, datagram) =>
        {
            if (HelloSplitter.IsHello(datagram))
            {
                repeated = HelloSplitter.Split(datagram, FirstSize, 4);
            }

            SendAll(client, repeated); // with every datagram of the handshake and of the session
            return HelloSplitter.IsHello(datagram) ? null : datagram;
        });
        connection.Handshake(Limit);
        EchoClient.Of(connection).RoundTrips(10);

        Assert.That(server.Statistics.Accepted, Is.EqualTo(1));
        Assert.That(server.Statistics.Peers, Is.EqualTo(1));
        Assert.That(server.Statistics.HellosReassembled, Is.EqualTo(1));
    }

    [Test, Watchdog(60)]
    public void A_client_that_starts_anew_at_its_address_with_fragments_takes_its_old_associations_place()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using var client = new RawClient(server.LocalEndPoint);
        EchoClient.Of(client.Connect()).RoundTrips(3);

        Serve(client, fragments => fragments);

        Eventually.Equal(1, () => server.Statistics.Peers, Limit, "the peers");
        Assert.That(server.Statistics.Accepted, Is.EqualTo(2));
        Assert.That(server.Statistics.HellosReassembled, Is.EqualTo(1));
    }

    [Test, Watchdog(60)]
    public void An_endpoint_with_a_small_datagram_size_connects_with_a_ClientHello_in_fragments()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using var client = new DtlsEndpoint(new DtlsEndpointOptions { LocalEndPoint = TestEndpoints.Loopback, ClientContext = TestContexts.Client, MaxDatagramSize = 256 });
        var options = new DtlsConnectOptions { ServerName = $"{new string('a', 60)}.{new string('b', 60)}.fifodtls.test" };

        // The name is long, to make the ClientHello so, and not the server's: it is this client that refuses, and only once it has been answered.
        Assert.That(() => client.Connect(server.LocalEndPoint, options), Throws.InstanceOf<DtlsCertificateException>());

        Assert.That(server.Statistics.HellosReassembled, Is.EqualTo(1));
    }

    [Test, Watchdog(60)]
    public void A_first_fragment_without_a_cookie_is_answered_with_a_smaller_datagram_and_nothing_is_kept_of_it()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using var stranger = new RawClient(server.LocalEndPoint);
        byte[] whole = new HelloBuilder { Extensions = new byte[900] }.Build();
        byte[] first = HelloSplitter.Fragment(whole, 0, 36); // just up to the cookie's length
        stranger.SendRaw(first);
        byte[] answer = stranger.ReceiveRaw(Limit)!;

        Assert.That(answer, Has.Length.LessThanOrEqualTo(first.Length));
        stranger.SendRaw(HelloSplitter.Fragment(whole, 36, 900));
        byte[] forged = new HelloBuilder { Cookie = new byte[32], MessageSequence = 1, Extensions = new byte[900] }.Build();
        SendAll(stranger, HelloSplitter.Split(forged, FirstSize, 4));
        Eventually.Equal(4, () => server.Statistics.HelloFragmentsDropped, Limit, "the fragments without a proven first one");
        Assert.That((server.Statistics.Peers, server.Statistics.InvalidCookies, server.Statistics.HellosReassembled), Is.EqualTo((0, 1, 0)));
    }

    [Test, Watchdog(60)]
    public void A_first_fragment_that_ends_before_its_cookie_does_is_malformed()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using var stranger = new RawClient(server.LocalEndPoint);

        stranger.SendRaw(HelloSplitter.Fragment(new HelloBuilder().Build(), 0, 35));

        Eventually.Equal(1, () => server.Statistics.MalformedHellos, Limit, "the malformed ClientHellos");
        Assert.That(server.Statistics.HelloVerifyRequests, Is.Zero);
    }

    [Test, Watchdog(60)]
    public void The_suites_may_not_change_behind_a_proven_first_fragment()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using var stranger = new RawClient(server.LocalEndPoint);
        var hello = new HelloBuilder();
        stranger.SendRaw(hello.Build());
        byte[] cookie = HelloBuilder.CookieOf(stranger.ReceiveRaw(Limit)!);
        byte[] changed = (hello with { Cookie = cookie, MessageSequence = 1, Suites = [0xC0, 0x2C] }).Build();

        SendAll(stranger, HelloSplitter.Split(changed, 68, 2)); // the suites stand in the second

        Eventually.Equal(1, () => server.Statistics.InvalidCookies, Limit, "the cookies that are not for these suites");
        Assert.That((server.Statistics.Peers, server.Statistics.HellosReassembled), Is.EqualTo((0, 1)));
    }

    [Test, Watchdog(60)]
    public void One_that_is_too_large_is_refused_with_a_count_and_a_line_and_not_answered()
    {
        var log = new LogCapture();
        using DtlsEndpoint server = TestEndpoints.EchoServer(log);
        using var stranger = new RawClient(server.LocalEndPoint);
        byte[] large = new HelloBuilder { Extensions = new byte[HelloReassemblies.MaxMessageSize] }.Build();

        stranger.SendRaw(HelloSplitter.Fragment(large, 0, 500));

        Eventually.Equal(1, () => server.Statistics.OversizedHellos, Limit, "the oversized ClientHellos");
        Assert.That(server.Statistics.HelloVerifyRequests, Is.Zero);
        Eventually.Equal(1, () => log.Of(LogCapture.Dropped).Count, Limit, "the lines about it"); // the count comes first
        Assert.That(log.Of(LogCapture.Dropped), Has.All.Contains("larger than"));
    }

    [Test, Watchdog(60)]
    public void At_the_limit_of_reassemblies_a_proven_first_fragment_is_refused_with_a_count_and_a_line()
    {
        var log = new LogCapture();
        using DtlsEndpoint server = new(
            new DtlsEndpointOptions { LocalEndPoint = TestEndpoints.Loopback, ServerContext = TestContexts.Server, MaxHelloReassemblies = 0 }, log);
        using var stranger = new RawClient(server.LocalEndPoint);
        byte[] hello = new HelloBuilder { Extensions = new byte[900] }.Build();
        stranger.SendRaw(HelloSplitter.Fragment(hello, 0, 60));
        byte[] cookie = HelloBuilder.CookieOf(stranger.ReceiveRaw(Limit)!);
        byte[] second = new HelloBuilder { Cookie = cookie, MessageSequence = 1, Extensions = new byte[900] }.Build();

        stranger.SendRaw(HelloSplitter.Fragment(second, 0, 100));

        Eventually.Equal(1, () => server.Statistics.RefusedReassembliesFull, Limit, "the refused reassemblies");
        Assert.That(server.Statistics.Peers, Is.Zero);
        Eventually.Equal(1, () => log.Of(LogCapture.Dropped).Count, Limit, "the lines about it"); // the count comes first
        Assert.That(log.Of(LogCapture.Dropped), Has.All.Contains("put together"));
    }

    /// <summary>A handshake and a few echoes of a client whose ClientHellos are cut into four and sent as given.</summary>
    private static void Serve(RawClient client, Func<byte[][], byte[][]> order) =>
        Handshake(client, whole => order(HelloSplitter.Split(whole, FirstSize, 4)));

    private static void Handshake(RawClient client, Func<byte[], IEnumerable<byte[]>> cut)
    {
        DtlsConnection connection = client.Begin(TestContexts.Client, (_, datagram) =>
        {
            if (!HelloSplitter.IsHello(datagram))
            {
                return datagram;
            }

            SendAll(client, cut(datagram));
            return null;
        });
        connection.Handshake(Limit);
        EchoClient.Of(connection).RoundTrips(3);
    }

    private static void SendAll(RawClient client, IEnumerable<byte[]> datagrams)
    {
        foreach (byte[] datagram in datagrams)
        {
            client.SendRaw(datagram);
        }
    }
}
