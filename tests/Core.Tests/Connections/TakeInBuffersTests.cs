using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>
/// Whoever takes in what has come, in place of a receiver, may have to repeat a flight or answer a close, for which libssl needs the buffers that were given back; and what stays to be received stands in them.
/// </summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
[CancelAfter(120_000)]
internal sealed class TakeInBuffersTests
{
    [Test]
    public void A_repeated_flight_is_answered_though_the_buffers_were_given_back()
    {
        using DtlsPair pair = new(clientOptions: new DtlsConnectionOptions { RetransmissionTimeout = TimeSpan.FromMilliseconds(50) });
        bool lost = true;
        pair.Link.ToClient.Interceptor = (_, datagram, deliver) =>
        {
            if (!Volatile.Read(ref lost) || datagram[0] != DtlsRecord.ChangeCipherSpec)
            {
                deliver(datagram);
            }
        };
        pair.Server.BuffersKept = TimeSpan.FromTicks(1);
        BlockingThread server = BlockingThread.Start("server", () =>
        {
            pair.Server.Handshake(Limits.Watchdog);
            Eventually.True(() => !pair.Server.TryReceive(new byte[1], out _) && Idles(pair.Server), Limits.Watchdog, "the buffers are given back");
        });
        BlockingThread client = BlockingThread.Start("client", () => pair.Client.Handshake(Limits.Watchdog));
        server.Join(Limits.Watchdog);
        Volatile.Write(ref lost, false);

        Eventually.True(() => TakesIn(pair.Server) && client.TryJoin(TimeSpan.FromMilliseconds(20)), Limits.Watchdog, "the client is answered");

        client.Join(Limits.Watchdog);
        pair.AssertAlive();
    }

    [Test]
    public void A_close_is_answered_though_the_buffers_were_given_back()
    {
        using DtlsPair pair = DtlsPair.Established();
        pair.Server.BuffersKept = TimeSpan.FromTicks(1);
        Eventually.True(() => Idles(pair.Server), Limits.Watchdog, "the buffers are given back");
        int sent = pair.Link.ToClient.Count;
        pair.Client.Close();

        pair.Server.TakeIn();

        Assert.That((pair.Server.State, pair.Link.ToClient.Count), Is.EqualTo((DtlsConnectionState.ClosedByPeer, sent + 1)));
    }

    [Test]
    public void A_payload_that_is_met_is_still_received()
    {
        using DtlsPair pair = DtlsPair.Established();
        pair.Server.BuffersKept = TimeSpan.FromTicks(1);
        Eventually.True(() => Idles(pair.Server), Limits.Watchdog, "the buffers are given back");
        pair.Client.Send("first"u8);
        pair.Client.Send("the second"u8);

        pair.Server.TakeIn();
        Assert.That(pair.Server.BuffersReleased, Is.False, "the payload stands in one of them");
        pair.Server.Send("beside it"u8);
        Assert.That(pair.Server.BuffersReleased, Is.False, "nor does a Send give them back, which had not to borrow them");

        byte[] buffer = new byte[100];
        Assert.That(pair.Server.Receive(buffer, Limits.Watchdog).Length, Is.EqualTo("first".Length));
        Assert.That(pair.Server.Receive(buffer, Limits.Watchdog).Length, Is.EqualTo("the second".Length));
    }

    private static bool Idles(DtlsConnection connection)
    {
        _ = connection.Receive(new byte[1], TimeSpan.FromMilliseconds(2));
        return connection.BuffersReleased;
    }

    private static bool TakesIn(DtlsConnection connection)
    {
        connection.TakeIn();
        return true;
    }
}
