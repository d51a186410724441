using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Payloads that are sent before the handshake is done go out once it is: first, in order, and no more than the limits allow.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class EarlySendTests
{
    [Test]
    public void What_was_queued_arrives_first_and_in_order([Values] DtlsRole sender)
    {
        using DtlsPair pair = new();
        for (byte i = 0; i < 10; i++)
        {
            Assert.That(pair[sender].TrySend([i]), Is.True);
        }

        pair.Handshake();
        Assert.That(pair[sender].TrySend([10]), Is.True);
        pair[sender].Send([11]);
        DtlsConnection receiver = sender == DtlsRole.Client ? pair.Server : pair.Client;
        byte[] buffer = new byte[10];
        for (byte i = 0; i < 12; i++)
        {
            DtlsReceiveResult result = receiver.Receive(buffer, Limits.Watchdog);
            Assert.That((result.Length, buffer[0]), Is.EqualTo((1, i)));
        }
    }

    [Test]
    public void The_limits_hold_in_number_and_bytes()
    {
        using DtlsPair pair = new(
            clientOptions: new DtlsConnectionOptions { MaxQueuedPayloads = 2 }, serverOptions: new DtlsConnectionOptions { MaxQueuedBytes = 10 });
        Assert.That((bool[])[pair.Client.TrySend([1]), pair.Client.TrySend([2]), pair.Client.TrySend([3])], Is.EqualTo(new[] { true, true, false }));
        Assert.That((bool[])[pair.Server.TrySend(new byte[9]), pair.Server.TrySend(new byte[2]), pair.Server.TrySend([4])], Is.EqualTo(new[] { true, false, true }));
        pair.Handshake();
        Assert.That((pair.Client.Statistics.PayloadsSent, pair.Server.Statistics.PayloadsSent), Is.EqualTo((2L, 2L)));
        pair.Client.TrySend(new byte[100]);
        Assert.That(pair.Client.Statistics.PayloadsSent, Is.EqualTo(3), "the limits are for the queue alone");
    }

    [Test]
    public void A_sender_beside_the_handshake_loses_and_reorders_nothing()
    {
        using DtlsPair pair = new();
        using ManualResetEventSlim begun = new();
        int sent = 0;
        BlockingThread sender = BlockingThread.Start("sender", () =>
        {
            byte[] payload = new byte[2];
            while (sent < 200)
            {
                payload[0] = (byte)sent;
                sent += pair.Client.TrySend(payload) ? 1 : 0;
                if (sent == 5)
                {
                    begun.Set();
                }
            }
        });
        Assert.That(begun.Wait(Limits.Watchdog), Is.True);
        pair.Handshake();
        sender.Join(Limits.Watchdog);
        byte[] buffer = new byte[10];
        for (int i = 0; i < 200; i++)
        {
            DtlsReceiveResult result = pair.Server.Receive(buffer, Limits.Watchdog);
            Assert.That((result.Length, buffer[0]), Is.EqualTo((2, (byte)i)));
        }
    }

    [Test]
    public void What_is_too_large_or_for_a_closed_association_is_refused()
    {
        using DtlsPair pair = new();
        Assert.That(() => pair.Client.TrySend([]), Throws.ArgumentException);
        Assert.That(() => pair.Client.TrySend(new byte[pair.Link.Client.MaxDatagramSize]), Throws.ArgumentException.With.Message.Contains("before the handshake"));
        pair.Client.Close();
        Assert.That(() => pair.Client.TrySend([1]), Throws.TypeOf<DtlsClosedException>());
        pair.Server.Dispose();
        Assert.That(() => pair.Server.TrySend([1]), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void What_no_longer_fits_after_the_handshake_is_dropped_and_counted()
    {
        DtlsConnectionOptions quick = new() { RetransmissionTimeout = TimeSpan.FromMilliseconds(50), MaxRetransmissionTimeout = TimeSpan.FromMilliseconds(100) };
        using DtlsPair pair = new(transport: new FifoTransportOptions { MaxDatagramSize = 1_400 }, clientOptions: quick, serverOptions: quick);
        foreach (LinkDirection direction in (LinkDirection[])[pair.Link.ToServer, pair.Link.ToClient])
        {
            direction.Interceptor = (_, datagram, deliver) =>
            {
                if (datagram.Length <= 548)
                {
                    deliver(datagram);
                }
            };
        }

        Assert.That((pair.Server.TrySend(new byte[1_000]), pair.Server.TrySend([7])), Is.EqualTo((true, true)));
        pair.Handshake();
        byte[] buffer = new byte[10];
        Assert.That(pair.Client.Receive(buffer, Limits.Watchdog).Length, Is.EqualTo(1));
        Assert.That((pair.Server.QueuedPayloadsDropped, pair.Server.Statistics.PayloadsSent), Is.EqualTo((1L, 1L)));
    }
}
