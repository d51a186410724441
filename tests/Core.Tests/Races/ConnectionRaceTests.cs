using System.Net.Security;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>
/// Receive, Send, Close, Dispose, cancellation, the transport's end and the peer's close against each other, on an association that is established and on one in its handshake: each call ends, and in
/// one of its documented outcomes; nothing is left. Seeded: the schedule and its delays, not what the system's scheduler makes of them.
/// </summary>
[TestFixture, NonParallelizable] // it counts native objects of the whole process
internal sealed class ConnectionRaceTests
{
    private const int Schedules = 1_500;
    private const string Enders = "cdxT";
    private const string Actions = "pstcdxSCDT";

    [Test, CancelAfter(180_000)]
    public void Each_call_ends_in_a_documented_outcome([Values] bool inHandshake)
    {
        int seed = Seed.Next();
        using DtlsContext client = PlainPsk();
        using DtlsContext server = PlainPsk();
        RaceTally tally = new();
        using (NativeObjects objects = new())
        {
            using (RaceThreads threads = new(7))
            {
                for (int number = 0; number < Schedules; number++)
                {
                    Race(threads, client, server, unchecked(seed + number), inHandshake, tally);
                }
            }

            Assert.That(NativeObjects.Living, Is.Empty, "objects that live on");
        }

        tally.Print();
    }

    // Suites of a pre-shared key alone: the handshake costs least.
    private static DtlsContext PlainPsk()
    {
        byte[] key = new byte[16];
        return new DtlsContext(new DtlsContextOptions
        {
            ClientPsk = _ => new DtlsPsk("racer", key), ServerPsk = _ => [.. key], CipherSuites = [TlsCipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256],
        });
    }

    private static void Race(RaceThreads threads, DtlsContext client, DtlsContext server, int seed, bool inHandshake, RaceTally tally)
    {
        Random random = new(seed);
        using DtlsPair pair = new(client, server, recording: false);
        if (!inHandshake)
        {
            threads.Run(seed, Limits.Watchdog, () => pair.Server.Handshake(Limits.Watchdog), () => pair.Client.Handshake(Limits.Watchdog));
        }

        string schedule = RaceSchedule.Choose(random, Enders[random.Next(Enders.Length)], Actions, most: 4);
        using CancellationTokenSource source = new();
        List<Action> actions = [.. schedule.Select(action => (Action)(() => tally.Count(action, Do(action, pair, schedule + RaceAction.PeerCloses, inHandshake, source))))];
        actions.Add(() =>
        {
            tally.Count(RaceAction.Receive, RaceOutcomes.Of(schedule, inHandshake, () => Receive(pair.Client, inHandshake, source.Token)));
            pair.Server.Close(); // ends the server's own Receive
        });
        string atServer = RaceOutcomes.Reversed(schedule) + RaceAction.Close;
        actions.Add(() => RaceOutcomes.Of(atServer, inHandshake, () => Receive(pair.Server, inHandshake, CancellationToken.None)));
        threads.Run(seed, Limits.Watchdog, [.. actions]);
        pair.Client.Dispose();
        Assert.That(() => pair.Client.Receive(new byte[1]), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => pair.Client.Send(RaceCalls.Payload), Throws.InstanceOf<ObjectDisposedException>());
    }

    private static string Do(char action, DtlsPair pair, string schedule, bool inHandshake, CancellationTokenSource source) => action switch
    {
        RaceAction.Poll => RaceOutcomes.Of(schedule, inHandshake, () => Poll(pair.Client)),
        RaceAction.Send => RaceOutcomes.Of(schedule, inHandshake, () => RaceCalls.Many(() => pair.Client.Send(RaceCalls.Payload))),
        RaceAction.TrySend => RaceOutcomes.Of(schedule, inHandshake, () => RaceCalls.Many(() => pair.Client.TrySend(RaceCalls.Payload))),
        RaceAction.PeerSends => RaceOutcomes.Of(RaceOutcomes.Reversed(schedule) + RaceAction.Close, inHandshake, () => RaceCalls.Many(() => pair.Server.Send(RaceCalls.Payload))),
        RaceAction.Close => RaceCalls.Call(pair.Client.Close),
        RaceAction.Dispose => RaceCalls.Call(pair.Client.Dispose),
        RaceAction.Cancel => RaceCalls.Call(source.Cancel),
        RaceAction.PeerCloses => RaceCalls.Call(pair.Server.Close),
        RaceAction.PeerDisposed => RaceCalls.Call(pair.Server.Dispose),
        _ => RaceCalls.Call(pair.Link.Client.Complete),
    };

    private static DtlsReceiveStatus? Receive(DtlsConnection connection, bool inHandshake, CancellationToken token)
    {
        if (inHandshake)
        {
            connection.Handshake(Limits.Watchdog, token);
        }

        return RaceCalls.ReceiveAll(buffer => connection.Receive(buffer, Timeout.InfiniteTimeSpan, token));
    }

    // Its statistics and state are looked at beside everything else.
    private static DtlsReceiveStatus? Poll(DtlsConnection connection)
    {
        Assert.That(connection.Statistics.PayloadsReceived, Is.Not.Negative);
        return RaceCalls.Poll(buffer => connection.Receive(buffer, TimeSpan.Zero));
    }
}
