using System.Net.Security;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>A client that begins anew at the address of a handshake that was abandoned: nothing of that one, whenever it comes, ends the new one.</summary>
public sealed class AbandonedHandshakeTests
{
    private const int AtServerRandom = 13 + 12 + 2;

    private static readonly TimeSpan Limit = TestEndpoints.Limit;
    private static readonly TimeSpan Repetition = TimeSpan.FromMilliseconds(50);

    // Real clients offer these; a builder's ClientHello is served like theirs.
    private static readonly HelloBuilder Hello = new()
    {
        Suites = [0xC0, 0x2B, 0xC0, 0x2F],
        Extensions = [0, 23, 0xFF, 1, 0, 1, 0, 0, 10, 0, 4, 0, 2, 0, 23, 0, 13, 0, 6, 0, 4, 4, 3, 8, 4], // renegotiation_info; secp256r1; ECDSA and RSA-PSS with SHA-256
    };

    [Test, Watchdog(60)]
    public void What_an_abandoned_handshake_would_repeat_is_not_sent_to_the_client_that_has_begun_since()
    {
        using DtlsEndpoint server = Server(Repetition);
        using var client = new RawClient(server.LocalEndPoint);
        byte[] abandoned = ServerRandomOf(client, Prove(client, Hello));
        HelloBuilder anew = Prove(client, Hello with { Random = new byte[32] });
        client.SendRaw(anew.Build());
        byte[] served = NextServerRandom(client, other: abandoned);

        // The abandoned one's timer began first, so it would be due before each of these.
        for (int i = 0; i < 3; i++)
        {
            Assert.That(NextServerRandom(client, other: null), Is.EqualTo(served));
        }
    }

    [Test, Watchdog(60)]
    public void A_ClientHello_that_comes_late_does_not_end_the_handshake_that_was_begun_since()
    {
        using DtlsEndpoint server = Server(TimeSpan.FromSeconds(1));
        using var client = new RawClient(server.LocalEndPoint);
        HelloBuilder late = Prove(client, Hello);
        DtlsConnection connection = client.Begin(TestContexts.Client, (number, datagram) =>
        {
            if (number == 2) // the client's last flight: the server has answered its ClientHello
            {
                client.SendRaw(late.Build());
                Eventually.Equal(1, () => server.Statistics.InvalidCookies, Limit, "the cookies that are taken no longer");
            }

            return datagram;
        });

        connection.Handshake(Limit);

        EchoClient.Of(connection).RoundTrips(3);
        client.SendRaw(late.Build());
        Eventually.Equal(2, () => server.Statistics.InvalidCookies, Limit, "the cookies that are taken no longer");
        EchoClient.Of(connection).RoundTrips(3);
        Assert.That((server.Statistics.Peers, server.Statistics.AcceptingHandshakes, server.Statistics.Accepted), Is.EqualTo((1, 0, 1)));
    }

    [Test, Watchdog(60)]
    public void The_flight_of_an_abandoned_handshake_that_comes_before_the_cookie_is_not_taken()
    {
        using DtlsEndpoint server = Server(Repetition);
        using var client = new RawClient(server.LocalEndPoint);
        ServerRandomOf(client, Prove(client, Hello));
        int sent = 0;
        DtlsConnection connection = client.Begin(TestContexts.Client, (number, datagram) =>
        {
            sent = number + 1;
            return number == 0 ? null : datagram; // the server goes on with the abandoned one for a second
        });

        connection.Handshake(Limit);

        Assert.That(sent, Is.EqualTo(4), "two ClientHellos without a cookie, one with it and the last flight: it has not begun anew");
        EchoClient.Of(connection).RoundTrips(3);
    }

    [Test, Watchdog(60)]
    public void A_cookie_that_was_meant_for_an_abandoned_handshake_does_not_end_the_new_one()
    {
        using DtlsEndpoint server = Server(Repetition);
        using var client = new RawClient(server.LocalEndPoint);
        DtlsConnection connection = client.Begin(TestContexts.Client, (number, datagram) => number == 0 ? Hello.Build() : datagram);

        connection.Handshake(Limit);

        EchoClient.Of(connection).RoundTrips(3);
        Assert.That(server.Statistics.InvalidCookies, Is.EqualTo(1));
    }

    [Test, Watchdog(60)]
    public void The_flight_of_an_abandoned_handshake_does_not_end_the_new_one()
    {
        using DtlsEndpoint server = Server(TimeSpan.FromSeconds(1));
        using var client = new RawClient(server.LocalEndPoint);
        HelloBuilder abandoned = Prove(client, Hello);
        DtlsConnection connection = client.Begin(TestContexts.Client, (number, datagram) => number == 1 ? abandoned.Build() : datagram);

        connection.Handshake(Limit);

        EchoClient.Of(connection).RoundTrips(3);
        Eventually.Equal((1, 0), () => (server.Statistics.Peers, server.Statistics.AcceptingHandshakes), Limit, "the peers and handshakes");
    }

    /// <summary>Such a flight has no signature, so libssl takes it, and then nothing of its own any more.</summary>
    [Test, Watchdog(60)]
    public void The_unsigned_flight_of_an_abandoned_handshake_does_not_end_the_new_one([Values] bool resumed)
    {
        using DtlsContext context = resumed ? Resuming() : PreShared();
        using DtlsEndpoint server = Server(TimeSpan.FromSeconds(1), context);
        using var client = new RawClient(server.LocalEndPoint);
        using DtlsSession? session = resumed ? SessionOf(client, context) : null;
        byte[]? abandoned = null;
        while (abandoned is null) // on a busy machine the cookie may come too late
        {
            client.TryHandshake(context, (number, datagram) => number == 0 ? datagram : Keep(datagram, out abandoned), TimeSpan.FromMilliseconds(200), session: session);
        }

        DtlsConnection connection = client.Begin(
            context,
            (number, datagram) =>
            {
                if (number == 1)
                {
                    long sent = server.Statistics.DatagramsSent;
                    client.SendRaw(abandoned!);
                    Eventually.True(() => server.Statistics.DatagramsSent > sent, Limit, "the server has answered it");
                }

                return datagram;
            },
            session: session);

        connection.Handshake(Limit);

        EchoClient.Of(connection).RoundTrips(3);
        Assert.That(connection.Negotiated!.WasResumed, Is.EqualTo(resumed));
        Eventually.Equal(0, () => server.Statistics.AcceptingHandshakes, Limit, "the handshakes");
    }

    /// <summary>After the cookie exchange, with the number of the HelloVerifyRequest: libssl drops it as old, and so must everything before it.</summary>
    [Test, Watchdog(60)]
    public void A_ServerHello_too_short_for_a_random_is_no_matter([Values(0, 1, 2, 9)] byte size)
    {
        using DtlsEndpoint server = Server(TimeSpan.FromSeconds(1));
        using var client = new RawClient(server.LocalEndPoint);
        using var forger = new RawClient(client.LocalEndPoint);
        byte[] forged = [22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 9, 0, (byte)(12 + size), 2, 0, 0, size, 0, 0, 0, 0, 0, 0, 0, size, .. new byte[size]];
        DtlsConnection connection = client.Begin(TestContexts.Client, (number, datagram) =>
        {
            if (number == 1)
            {
                forger.SendRaw(forged); // waits for the client before the server's answer does
            }

            return datagram;
        });

        connection.Handshake(Limit);

        EchoClient.Of(connection).RoundTrips(3);
    }

    [Test, Watchdog(60)]
    public void A_server_that_never_takes_its_own_cookies_is_not_asked_for_ever()
    {
        using DtlsEndpoint server = Server(Repetition);
        using var client = new RawClient(server.LocalEndPoint);
        int first = 0;
        DtlsConnection connection = client.Begin(TestContexts.Client, (_, datagram) =>
        {
            first += datagram[18] == 0 ? 1 : 0; // message_seq
            datagram[^1] ^= (byte)(datagram[18] == 0 ? 0 : 1);
            datagram[25 + 2 + 32 + 2] ^= (byte)(datagram[18] == 0 ? 0 : 1); // the cookie's first byte
            return datagram;
        });

        Assert.That(() => connection.Handshake(TimeSpan.FromMilliseconds(700)), Throws.TypeOf<TimeoutException>());

        Assert.That(first, Is.EqualTo(4), "the first attempt and three fresh starts");
        Assert.That(server.Statistics.Peers, Is.Zero);
    }

    private static DtlsEndpoint Server(TimeSpan repetition) => Server(repetition, TestContexts.Server);

    private static DtlsEndpoint Server(TimeSpan repetition, DtlsContext context) => new(new DtlsEndpointOptions
    {
        LocalEndPoint = TestEndpoints.Loopback,
        ServerContext = context,
        Session = Sessions.Echo,
        RetransmissionTimeout = repetition,
        MaxRetransmissionTimeout = repetition < TimeSpan.FromSeconds(1) ? repetition : TimeSpan.FromSeconds(60),
        MaxParkedThreads = 0,
    });

    private static DtlsContext PreShared() => new(new DtlsContextOptions
    {
        ClientPsk = _ => new DtlsPsk("client", new byte[16]), ServerPsk = _ => new byte[16], CipherSuites = [TlsCipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256],
    });

    private static DtlsContext Resuming()
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        return new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials, TrustAnchors = [TestPki.Ca], ClientCertificates = DtlsClientCertificates.None, Resumption = new DtlsResumptionOptions { Scope = "test" },
        });
    }

    private static DtlsSession SessionOf(RawClient client, DtlsContext context)
    {
        DtlsConnection connection = client.Connect(context);
        DtlsSession session = connection.ExportSession()!;
        connection.Close();
        return session;
    }

    private static byte[]? Keep(byte[] datagram, out byte[]? kept)
    {
        kept = datagram;
        return null;
    }

    /// <summary>The ClientHello with the cookie that the server gives for it.</summary>
    private static HelloBuilder Prove(RawClient client, HelloBuilder hello)
    {
        client.SendRaw(hello.Build());
        byte[] answer;
        do
        {
            answer = client.ReceiveRaw(Limit)!;
        }
        while (answer[13] != 3); // of a server that still repeats another flight

        return hello with { Cookie = HelloBuilder.CookieOf(answer), MessageSequence = 1, RecordSequence = 1 };
    }

    /// <summary>Sends the ClientHello, whose client is silent from then on.</summary>
    private static byte[] ServerRandomOf(RawClient client, HelloBuilder proven)
    {
        client.SendRaw(proven.Build());
        return NextServerRandom(client, other: null);
    }

    private static byte[] NextServerRandom(RawClient client, byte[]? other)
    {
        while (true)
        {
            byte[] datagram = client.ReceiveRaw(Limit) ?? throw new AssertionException("The server sends nothing.");
            if (datagram[0] == 22 && datagram[13] == 2 && datagram.AsSpan(AtServerRandom, 32) is var random && !random.SequenceEqual(other))
            {
                return random.ToArray();
            }
        }
    }
}
