using System.Diagnostics;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>When a handshake repeats its flights, how often, and how that is counted (RFC 6347 §4.2.4).</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class HandshakeTimerTests
{
    private static DtlsConnectionOptions Timers(int initial, int maximum, bool cookieVerified = false) => new()
    {
        RetransmissionTimeout = TimeSpan.FromMilliseconds(initial),
        MaxRetransmissionTimeout = TimeSpan.FromMilliseconds(maximum),
        CookieVerified = cookieVerified,
    };

    [Test]
    public void A_peer_that_never_answers_is_given_up_after_twelve_repetitions_and_each_is_counted()
    {
        int sent = 0;
        using FifoTransport nowhere = new(_ => Interlocked.Increment(ref sent));
        using DtlsConnection client = new(TestContexts.Client, nowhere, DtlsRole.Client, Timers(20, 40));
        Watchdog.Run(
            Limits.Watchdog,
            () => Assert.That(() => client.Handshake(Limits.LongWatchdog), Throws.TypeOf<TimeoutException>().With.Message.Contains("last retransmission")),
            "the handshake");
        Assert.That((client.Statistics.Retransmissions, sent), Is.EqualTo((12L, 13)));
        Assert.That(client.State, Is.EqualTo(DtlsConnectionState.Failed));
    }

    [Test]
    public void The_waits_double_up_to_the_maximum()
    {
        List<long> times = [];
        using FifoTransport nowhere = new(_ => times.Add(Stopwatch.GetTimestamp()));
        using DtlsConnection client = new(TestContexts.Client, nowhere, DtlsRole.Client, Timers(100, 200));
        Watchdog.Run(Limits.Watchdog, () => Assert.That(() => client.Handshake(TimeSpan.FromSeconds(2)), Throws.TypeOf<TimeoutException>()), "the handshake");
        double[] waits = [.. times.Zip(times.Skip(1), (a, b) => Stopwatch.GetElapsedTime(a, b).TotalMilliseconds)];

        // A busy machine makes waits longer, never shorter; libssl may be 15 ms early.
        Assert.That(waits, Has.Length.InRange(2, 11));
        Assert.That(waits[0], Is.GreaterThan(80));
        Assert.That(waits.Skip(1), Has.All.GreaterThan(180));
        Assert.That(client.Statistics.Retransmissions, Is.EqualTo(times.Count - 1));
    }

    [Test]
    public void A_server_behind_a_cookie_exchange_keeps_its_timers()
    {
        using DtlsPair pair = new(clientOptions: Timers(600_000, 600_000), serverOptions: Timers(50, 50, cookieVerified: true));
        pair.Link.ToServer.Interceptor = (number, datagram, deliver) =>
        {
            if (number == 1)
            {
                pair.Link.ToClient.Deliver(HelloVerify());
            }
            else
            {
                deliver(datagram);
            }
        };
        pair.Link.ToClient.Interceptor = (number, datagram, deliver) =>
        {
            if (number > 3)
            {
                deliver(datagram); // the first sending of the server's flight has been lost in part at least
            }
        };
        pair.Handshake();
        Assert.That(pair.Server.Statistics.Retransmissions, Is.GreaterThanOrEqualTo(1), "the client would wait ten minutes");
        Assert.That(pair.Client.Statistics.Retransmissions, Is.Zero);
    }

    [Test]
    public void A_handshake_without_loss_repeats_nothing()
    {
        DtlsConnectionOptions patient = Timers(60_000, 60_000);
        using DtlsPair pair = new(clientOptions: patient, serverOptions: patient);
        pair.Handshake();
        Assert.That((pair.Client.Statistics.Retransmissions, pair.Server.Statistics.Retransmissions), Is.EqualTo((0L, 0L)));
    }

    [TestCase(19, 1_000, "RetransmissionTimeout"), TestCase(600_001, 600_001, "RetransmissionTimeout")]
    [TestCase(100, 99, "MaxRetransmissionTimeout"), TestCase(100, 600_001, "MaxRetransmissionTimeout"), TestCase(-1, 100, "RetransmissionTimeout")]
    public void Timers_out_of_range_are_refused(int initial, int maximum, string name) =>
        Assert.That(
            () => new DtlsConnection(TestContexts.Client, new ScriptedTransport(), DtlsRole.Client, Timers(initial, maximum)),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(name));

    private static byte[] HelloVerify() => Records.Make(
        DtlsRecord.Handshake, 0, 0, [3, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 7, 0xFE, 0xFF, 4, 1, 2, 3, 4], version: 0xFEFF);
}
