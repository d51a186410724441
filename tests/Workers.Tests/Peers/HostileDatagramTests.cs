using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>What anybody can send from a peer's address, and what ICMP can say about it, ends no association.</summary>
public sealed class HostileDatagramTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    private static readonly TestCaseData[] Forgeries =
    [
        Case("an empty datagram", []),
        Case("one byte", [23]),
        Case("noise", [.. Enumerable.Repeat((byte)0xA5, 200)]),
        Case("application data with a wrong MAC", Record(23, epoch: 1, new byte[64])),
        Case("application data too short for a MAC", Record(23, epoch: 1, new byte[3])),
        Case("application data in the clear", Record(23, epoch: 0, new byte[64])),
        Case("a close_notify in the clear", Record(21, epoch: 0, [1, 0])),
        Case("a fatal alert in the clear", Record(21, epoch: 0, [2, 40])),
        Case("an alert with a wrong MAC", Record(21, epoch: 1, new byte[32])),
        Case("a ChangeCipherSpec", Record(20, epoch: 0, [1])),
        Case("a ChangeCipherSpec of this epoch", Record(20, epoch: 1, [1])),
        Case("a HelloRequest", Record(22, epoch: 0, new byte[12])),
        Case("handshake with a wrong MAC", Record(22, epoch: 1, new byte[40])),
        Case("the next epoch", Record(23, epoch: 2, new byte[64])),
        Case("a record that is cut off", Record(23, epoch: 1, new byte[64])[..30]),
        Case("a record with a version of TLS", [23, 3, 3, .. Record(23, epoch: 1, new byte[64])[3..]]),
        Case("an unknown content type", Record(99, epoch: 1, new byte[64])),
        Case("a datagram larger than the FIFO takes", Record(23, epoch: 1, new byte[20_000])),
    ];

    [TestCaseSource(nameof(Forgeries)), Watchdog(60)]
    public void A_forged_datagram_is_dropped_without_a_word(byte[] forgery)
    {
        var log = new LogCapture();
        using DtlsEndpoint server = TestEndpoints.EchoServer(log);
        using var client = new RawClient(server.LocalEndPoint);
        DtlsConnection connection = client.Connect();
        EchoClient echo = EchoClient.Of(connection);
        echo.RoundTrip();
        long sent = server.Statistics.DatagramsSent;

        for (int i = 0; i < 20; i++)
        {
            client.SendRaw(forgery);
            echo.RoundTrip();
        }

        Assert.That(echo.Repeated, Is.Zero);
        Assert.That(server.Statistics.DatagramsSent - sent, Is.EqualTo(20), "the echoes and nothing else");
        Assert.That((server.Statistics.Peers, log.Of(LogCapture.Ended).Count), Is.EqualTo((1, 0)));
    }

    [Test, Watchdog(60)]
    public void Replayed_and_corrupted_records_are_dropped_and_counted()
    {
        DtlsPeer? served = null;
        using DtlsEndpoint server = new(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ServerContext = TestContexts.Server,
            Session = peer =>
            {
                served = peer;
                Sessions.Echo(peer);
            },
        });
        using var client = new RawClient(server.LocalEndPoint);
        byte[] last = [];
        DtlsConnection connection = client.Begin(TestContexts.Client, (_, datagram) => last = datagram);
        connection.Handshake(Limit);
        EchoClient echo = EchoClient.Of(connection);

        for (int i = 0; i < 100; i++)
        {
            echo.RoundTrip();
            client.SendRaw(last); // replayed
            byte[] corrupted = [.. last];
            corrupted[10]++; // a sequence number not seen yet, so that it is the MAC that fails
            corrupted[^1] ^= 1;
            client.SendRaw(corrupted);
        }

        echo.RoundTrip();
        Assert.That(served!.Statistics.PayloadsReceived, Is.EqualTo(101));
        Assert.That(served.Statistics.DatagramsInvalid, Is.EqualTo(200));
        Assert.That(echo.Repeated, Is.Zero);
    }

    [Test, Watchdog(60)]
    public void Random_mutations_of_real_records_end_nothing()
    {
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using var client = new RawClient(server.LocalEndPoint);
        byte[] last = [];
        DtlsConnection connection = client.Begin(TestContexts.Client, (_, datagram) => last = datagram);
        connection.Handshake(Limit);
        EchoClient echo = EchoClient.Of(connection);
        for (int i = 0; i < 2_000; i++)
        {
            echo.RoundTrip();
            byte[] mutated = last[..random.Next(1, last.Length + 1)];
            for (int flips = random.Next(1, 4); flips > 0; flips--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            client.SendRaw(mutated);
        }

        echo.RoundTrip();
        Assert.That(server.Statistics.Accepted, Is.EqualTo(1));
        Assert.That(echo.Repeated, Is.Zero);
    }

    [Test, Watchdog(60)]
    public void Port_unreachable_ends_nothing()
    {
        using var gone = new ManualResetEventSlim();
        using var sent = new ManualResetEventSlim();
        DtlsPeer? abandoned = null;
        using DtlsEndpoint server = new(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback,
            ServerContext = TestContexts.Server,
            Session = peer =>
            {
                if (Interlocked.CompareExchange(ref abandoned, peer, null) is not null)
                {
                    Sessions.Echo(peer);
                    return;
                }

                gone.Wait(Limit);
                for (int i = 0; i < 200; i++)
                {
                    peer.Send(new byte[100]);
                }

                sent.Set();
                Sessions.Echo(peer);
            },
        });
        using (var client = new RawClient(server.LocalEndPoint))
        {
            client.Connect();
            Eventually.True(() => Volatile.Read(ref abandoned) is not null, Limit, "the session runs");
        }

        using DtlsEndpoint other = TestEndpoints.Client();
        using DtlsPeer live = other.Connect(server.LocalEndPoint);
        EchoClient echo = EchoClient.Of(live);
        gone.Set();
        echo.RoundTrips(200);
        Assert.That(sent.Wait(Limit), Is.True);
        echo.RoundTrips(200);

        Assert.That((abandoned!.End, abandoned.IsEstablished), Is.EqualTo((DtlsPeerEnd.None, true)));
        Assert.That(echo.Repeated, Is.Zero);
    }

    private static byte[] Record(byte type, byte epoch, byte[] fragment) =>
        [type, 0xFE, 0xFD, 0, epoch, 0, 0, 0, 0, 0x10, 0, (byte)(fragment.Length >> 8), (byte)fragment.Length, .. fragment];

    private static TestCaseData Case(string name, byte[] datagram) => new TestCaseData(datagram).SetArgDisplayNames(name);
}
