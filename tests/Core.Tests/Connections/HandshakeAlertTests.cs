using System.Diagnostics;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Alerts in the clear during a handshake: nothing tells a real one from a forged one but what the peer does next.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class HandshakeAlertTests
{
    private static readonly byte[] Refusal = Tests.Records.Make(DtlsRecord.Alert, 0, 0, [2, (byte)DtlsAlert.HandshakeFailure]);

    [Test, CancelAfter(60_000)]
    public void An_alert_that_nothing_follows_is_told_before_the_first_repetition()
    {
        using MemoryLink link = new();
        using DtlsConnection client = Refused(link);
        long start = Stopwatch.GetTimestamp();
        AssertTold(() => client.Handshake(Limits.Watchdog));
        Assert.That(Stopwatch.GetElapsedTime(start), Is.GreaterThan(TimeSpan.FromMilliseconds(240)), "it waits whether the peer goes on");
        Assert.That(client.Statistics.Retransmissions, Is.Zero);
        Assert.That(client.Statistics.DatagramsInvalid, Is.Zero, "it was no forgery");
    }

    [Test, CancelAfter(60_000)]
    public void A_close_notify_that_nothing_follows_ends_the_handshake()
    {
        using MemoryLink link = new();
        using DtlsConnection client = Refused(link, Tests.Records.Make(DtlsRecord.Alert, 0, 0, [1, 0]));
        Assert.That(() => client.Handshake(Limits.Watchdog), Throws.TypeOf<DtlsProtocolException>().With.Property(nameof(DtlsProtocolException.Alert)).EqualTo(DtlsAlert.CloseNotify));
    }

    [Test, CancelAfter(60_000)]
    public void At_the_deadline_an_alert_is_told_and_not_the_time()
    {
        using MemoryLink link = new();
        using DtlsConnection client = Refused(link);
        AssertTold(() => client.Handshake(TimeSpan.FromMilliseconds(20)));
    }

    [Test, CancelAfter(60_000)]
    public void When_the_transport_ends_an_alert_is_told_and_not_that()
    {
        using MemoryLink link = new();
        using DtlsConnection client = Refused(link);
        BlockingThread handshake = StartHolding(client);
        link.Client.Complete();
        AssertTold(() => handshake.Join(Limits.Watchdog));
    }

    [Test, CancelAfter(60_000)]
    public void A_close_and_a_cancellation_are_told_and_not_an_alert_that_is_held_back()
    {
        using MemoryLink link = new();
        using DtlsConnection client = Refused(link);
        BlockingThread handshake = StartHolding(client);
        client.Close();
        Assert.That(() => handshake.Join(Limits.Watchdog), Throws.TypeOf<DtlsClosedException>().With.Property(nameof(DtlsClosedException.ClosedBy)).EqualTo(DtlsSide.Local));

        using MemoryLink other = new();
        using DtlsConnection cancelled = Refused(other);
        using CancellationTokenSource source = new();
        BlockingThread cancelledHandshake = StartHolding(cancelled, source.Token);
        source.Cancel();
        Assert.That(() => cancelledHandshake.Join(Limits.Watchdog), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test, CancelAfter(60_000)]
    public void An_alert_that_the_handshake_follows_is_dropped_and_counted([Values] DtlsRole receiver)
    {
        using DtlsPair pair = new();
        LinkDirection direction = pair.Link.From(receiver == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client);
        direction.Interceptor = (_, datagram, deliver) =>
        {
            deliver(Refusal);
            deliver(Refusal);
            deliver(datagram);
        };
        pair.Handshake();
        direction.Interceptor = null;
        Assert.That(pair[receiver].Statistics.DatagramsInvalid, Is.EqualTo(2 * direction.Count));
        pair.AssertAlive();
    }

    [Test, CancelAfter(60_000)]
    public void A_flood_of_alerts_keeps_no_handshake_beyond_its_deadline()
    {
        using MemoryLink link = new();
        using DtlsConnection client = new(TestContexts.Client, link.Client, DtlsRole.Client);
        using CancellationTokenSource over = new();
        BlockingThread flood = BlockingThread.Start("flood", () =>
        {
            while (!over.IsCancellationRequested)
            {
                link.ToClient.Deliver(Refusal);
            }
        });
        AssertTold(() => client.Handshake(TimeSpan.FromMilliseconds(400)));
        over.Cancel();
        flood.Join(Limits.Watchdog);
    }

    [Test, CancelAfter(60_000)]
    public void A_server_that_has_sent_nothing_is_meant_by_no_alert()
    {
        using DtlsPair pair = new();
        BlockingThread server = BlockingThread.Start("server", () => pair.Server.Handshake(Limits.Watchdog));
        pair.Link.ToServer.Deliver(Refusal);
        Eventually.Equal(1, () => pair.Server.Statistics.DatagramsInvalid, Limits.Watchdog, "the alert is dropped");
        pair.Client.Handshake(Limits.Watchdog);
        server.Join(Limits.Watchdog);
        pair.AssertAlive();
    }

    // A client whose ClientHello is answered by an alert, and by nothing more.
    private static DtlsConnection Refused(MemoryLink link, byte[]? alert = null)
    {
        link.ToServer.Interceptor = (number, _, _) =>
        {
            if (number == 1)
            {
                link.ToClient.Deliver(alert ?? Refusal);
            }
        };
        return new DtlsConnection(TestContexts.Client, link.Client, DtlsRole.Client);
    }

    private static BlockingThread StartHolding(DtlsConnection client, CancellationToken cancellation = default)
    {
        BlockingThread handshake = BlockingThread.Start("client", () => client.Handshake(Limits.Watchdog, cancellation));
        Eventually.Equal(1, () => client.Statistics.DatagramsReceived, Limits.Watchdog, "the datagrams that are taken");
        return handshake;
    }

    private static void AssertTold(Action handshake) =>
        Assert.That(handshake, Throws.TypeOf<DtlsProtocolException>()
            .With.Property(nameof(DtlsProtocolException.Alert)).EqualTo(DtlsAlert.HandshakeFailure)
            .And.Property(nameof(DtlsProtocolException.AlertSender)).EqualTo(DtlsSide.Remote));
}
