using System.Collections.Concurrent;
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

    private static readonly byte[] Payload = [1, 2, 3];

    [Test, CancelAfter(180_000)]
    public void Each_call_ends_in_a_documented_outcome([Values] bool inHandshake)
    {
        int seed = Seed.Next();
        using DtlsContext client = PlainPsk();
        using DtlsContext server = PlainPsk();
        ConcurrentDictionary<string, int> outcomes = [];
        using (NativeObjects objects = new())
        {
            using (RaceThreads threads = new(7))
            {
                for (int number = 0; number < Schedules; number++)
                {
                    Race(threads, client, server, unchecked(seed + number), inHandshake, outcomes);
                }
            }

            Assert.That(NativeObjects.Living, Is.Empty, "objects that live on");
        }

        TestContext.Out.WriteLine(string.Join(Environment.NewLine, outcomes.OrderBy(one => one.Key).Select(one => $"{one.Key}: {one.Value}")));
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

    private static void Race(RaceThreads threads, DtlsContext client, DtlsContext server, int seed, bool inHandshake, ConcurrentDictionary<string, int> outcomes)
    {
        Random random = new(seed);
        using DtlsPair pair = new(client, server, recording: false);
        if (!inHandshake)
        {
            threads.Run(seed, Limits.Watchdog, () => pair.Server.Handshake(Limits.Watchdog), () => pair.Client.Handshake(Limits.Watchdog));
        }

        string schedule = Choose(random);
        using CancellationTokenSource source = new();
        List<Action> actions = [.. schedule.Select(action => (Action)(() => Count(outcomes, action, Do(action, pair, schedule + RaceAction.PeerCloses, inHandshake, source))))];
        actions.Add(() =>
        {
            Count(outcomes, RaceAction.Receive, RaceOutcomes.Of(schedule, inHandshake, () => Receive(pair.Client, inHandshake, source.Token)));
            pair.Server.Close(); // ends the server's own Receive
        });
        string atServer = RaceOutcomes.Reversed(schedule) + RaceAction.Close;
        actions.Add(() => RaceOutcomes.Of(atServer, inHandshake, () => Receive(pair.Server, inHandshake, CancellationToken.None)));
        threads.Run(seed, Limits.Watchdog, [.. actions]);
        pair.Client.Dispose();
        Assert.That(() => pair.Client.Receive(new byte[1]), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => pair.Client.Send(Payload), Throws.InstanceOf<ObjectDisposedException>());
    }

    // One that ends the client's calls for certain, and up to four others.
    private static string Choose(Random random)
    {
        string schedule = Enders[random.Next(Enders.Length)].ToString();
        for (int more = random.Next(5); more > 0; more--)
        {
            char action = Actions[random.Next(Actions.Length)];
            schedule += schedule.Contains(action) ? "" : action;
        }

        return schedule;
    }

    private static string Do(char action, DtlsPair pair, string schedule, bool inHandshake, CancellationTokenSource source) => action switch
    {
        RaceAction.Poll => RaceOutcomes.Of(schedule, inHandshake, () => Poll(pair.Client)),
        RaceAction.Send => RaceOutcomes.Of(schedule, inHandshake, () => Many(() => pair.Client.Send(Payload))),
        RaceAction.TrySend => RaceOutcomes.Of(schedule, inHandshake, () => Many(() => pair.Client.TrySend(Payload))),
        RaceAction.PeerSends => RaceOutcomes.Of(RaceOutcomes.Reversed(schedule) + RaceAction.Close, inHandshake, () => Many(() => pair.Server.Send(Payload))),
        RaceAction.Close => Call(pair.Client.Close),
        RaceAction.Dispose => Call(pair.Client.Dispose),
        RaceAction.Cancel => Call(source.Cancel),
        RaceAction.PeerCloses => Call(pair.Server.Close),
        RaceAction.PeerDisposed => Call(pair.Server.Dispose),
        _ => Call(pair.Link.Client.Complete),
    };

    private static DtlsReceiveStatus? Receive(DtlsConnection connection, bool inHandshake, CancellationToken token)
    {
        if (inHandshake)
        {
            connection.Handshake(Limits.Watchdog, token);
        }

        byte[] buffer = new byte[10];
        while (true)
        {
            DtlsReceiveResult result = connection.Receive(buffer, Timeout.InfiniteTimeSpan, token);
            if (!result.HasData)
            {
                return result.Status;
            }

            Assert.That(buffer.AsSpan(0, result.Length).SequenceEqual(Payload), Is.True);
        }
    }

    // Its statistics and state are looked at beside everything else; a second receiver is refused.
    private static DtlsReceiveStatus? Poll(DtlsConnection connection)
    {
        Assert.That(connection.Statistics.PayloadsReceived, Is.Not.Negative);
        try
        {
            return connection.Receive(new byte[10], TimeSpan.Zero).Status;
        }
        catch (InvalidOperationException exception) when (exception.Message.Contains("Another thread", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private static DtlsReceiveStatus? Many(Action call)
    {
        for (int i = 0; i < 5; i++)
        {
            call();
        }

        return null;
    }

    private static string Call(Action call)
    {
        call();
        return "done";
    }

    private static void Count(ConcurrentDictionary<string, int> outcomes, char action, string outcome) => outcomes.AddOrUpdate($"{action} {outcome}", 1, (_, count) => count + 1);
}
