using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>
/// A lost datagram at each position of each flight, of either side, still ends in a completed handshake (RFC 6347 §4.2.4). All
/// cases of a test run at the same time, because they wait for repetitions.
/// </summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class HandshakeLossTests
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly DtlsConnectionOptions Patient = new() { RetransmissionTimeout = TimeSpan.FromMinutes(1) };
    private static readonly DtlsConnectionOptions Timers = new() { RetransmissionTimeout = TimeSpan.FromMilliseconds(100) };

    [Test]
    public void A_lost_datagram_at_any_position_is_recovered([Values] DtlsRole sender, [Values] bool withItsRetransmission, [Values(256, 576)] int mtu)
    {
        FifoTransportOptions options = new() { MaxDatagramSize = mtu };
        int count = DatagramsOfAHandshake(sender, options);
        Assert.That(count, Is.GreaterThanOrEqualTo(1200 / mtu), "the flights span several datagrams");
        BlockingThread<int>[] cases = [.. Enumerable.Range(1, count).Select(lost => BlockingThread.Start(
            $"datagram {lost} of {count} is lost", () => Run(sender, new LossPlan(lost, withItsRetransmission), options)))];
        BlockingThread.JoinAll(Limits.LongWatchdog, cases);
        Assert.That(cases.Select(one => one.Join(Limits.Watchdog)), Has.All.EqualTo(withItsRetransmission ? 2 : 1), "datagrams lost in each case");
    }

    [Test]
    public void Reordered_and_duplicated_datagrams_do_not_matter([Values(256, 576)] int mtu)
    {
        using DtlsPair pair = new(transport: new FifoTransportOptions { MaxDatagramSize = mtu }, clientOptions: Timers, serverOptions: Timers);
        foreach (LinkDirection direction in (LinkDirection[])[pair.Link.ToServer, pair.Link.ToClient])
        {
            byte[]? held = null;
            direction.Interceptor = (number, datagram, deliver) =>
            {
                // Every other datagram changes places with its successor, and every one comes twice. The last of a flight that
                // would be held for ever is repeated by libssl's timer.
                if (held is null && number % 2 == 0)
                {
                    held = datagram.ToArray();
                    return;
                }

                deliver(datagram);
                deliver(datagram);
                if (held is not null)
                {
                    deliver(held);
                    deliver(held);
                    held = null;
                }
            };
        }

        AssertCompletes(pair);
    }

    [Test]
    public void Random_loss_of_a_tenth_of_all_datagrams_does_not_prevent_a_handshake()
    {
        int seed = Seed.Next();
        BlockingThread[] cases = [.. Enumerable.Range(0, 20).Select(number => BlockingThread.Start(
            $"case {number}",
            () =>
            {
                using DtlsPair pair = new(transport: new FifoTransportOptions { MaxDatagramSize = 576 }, clientOptions: Timers, serverOptions: Timers);
                pair.Link.ToServer.Interceptor = Lossy(new Random(seed + (2 * number)));
                pair.Link.ToClient.Interceptor = Lossy(new Random(seed + (2 * number) + 1));
                AssertCompletes(pair);
            }))];
        BlockingThread.JoinAll(Limits.LongWatchdog, cases);
    }

    private static Interceptor Lossy(Random random)
    {
        Lock guard = new();
        return (_, datagram, deliver) =>
        {
            bool kept;
            lock (guard)
            {
                kept = random.Next(10) != 0;
            }

            if (kept)
            {
                deliver(datagram);
            }
        };
    }

    // Where nothing is lost, nothing is to be repeated, however busy the machine.
    private static int DatagramsOfAHandshake(DtlsRole sender, FifoTransportOptions options)
    {
        using DtlsPair pair = new(transport: options, clientOptions: Patient, serverOptions: Patient);
        pair.Handshake();
        return pair.Link.From(sender).Count;
    }

    private static int Run(DtlsRole sender, LossPlan plan, FifoTransportOptions options)
    {
        using DtlsPair pair = new(transport: options, clientOptions: Timers, serverOptions: Timers);
        pair.Link.From(sender).Interceptor = plan.Intercept;
        AssertCompletes(pair);
        return plan.Lost;
    }

    // Both sides receive once they are done, because the side that sends the last flight repeats it only when the other side asks for it.
    private static void AssertCompletes(DtlsPair pair)
    {
        BlockingThread server = BlockingThread.Start("server", () => Echo(pair.Server));
        BlockingThread client = BlockingThread.Start("client", () => AskUntilAnswered(pair.Client));
        client.Join(Limits.LongWatchdog);
        pair.Server.Close();
        server.Join(Limits.Watchdog);
    }

    private static void Echo(DtlsConnection server)
    {
        byte[] buffer = new byte[2048];
        server.Handshake(Limits.LongWatchdog);
        while (true)
        {
            switch (server.Receive(buffer))
            {
                case { HasData: true, Length: var length }:
                    server.Send(buffer.AsSpan(0, length));
                    break;
                case { Status: var status }:
                    Assert.That(status, Is.EqualTo(DtlsReceiveStatus.ClosedLocally));
                    return;
            }
        }
    }

    private static void AskUntilAnswered(DtlsConnection client)
    {
        byte[] buffer = new byte[2048];
        client.Handshake(Limits.LongWatchdog);
        DtlsReceiveResult result;
        do
        {
            client.Send([1, 2, 3]); // may be the datagram that is lost
            result = client.Receive(buffer, Poll);
        }
        while (result.Status == DtlsReceiveStatus.TimedOut);

        Assert.That(result.Length, Is.EqualTo(3));
    }
}
