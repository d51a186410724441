using System.Collections.Concurrent;
using System.Net.Security;
using System.Runtime.CompilerServices;
using FifoDtls.TestSupport;
using Microsoft.Extensions.Logging;

namespace FifoDtls.Tests;

/// <summary>
/// The same as the races of an association, through endpoints: Receive, Send, TrySend, Close, Dispose, cancellation, the endpoint's disposal and the other side's close against each other, on peers that are
/// established and on peers in their handshake. Each call ends in a documented outcome, each end is told once, no thread and no socket is left.
/// </summary>
[TestFixture, NonParallelizable] // it counts threads and sockets of the process
internal sealed class PeerRaceTests
{
    private const int Schedules = 700;
    private const string Enders = "cdqE";
    private const string Actions = "pstwcdqxSCD";

    private static readonly TimeSpan Limit = TestEndpoints.Limit;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, DtlsPeer> _served = [];
    private readonly ConcurrentDictionary<DtlsPeer, int> _ends = [];
    private readonly RaceTally _tally = new();
    private string _identity = "";

    [Test, Watchdog(180)]
    public void Each_call_ends_in_a_documented_outcome([Values] bool inHandshake)
    {
        int seed = Seed.Next();
        (int threadsBefore, int socketsBefore) = (ProcessState.EndpointThreads, ProcessState.Sockets);
        using LogCapture log = new();
        using (DtlsContext context = PlainPsk())
        using (RaceThreads threads = new(8))
        {
            using DtlsEndpoint server = new(new DtlsEndpointOptions { LocalEndPoint = TestEndpoints.Loopback, ServerContext = context, Session = Serve, PeerEnded = Count, IdleTimeout = Idle }, log);
            DtlsEndpoint client = Client(context, log);
            for (int number = 0; number < Schedules; number++)
            {
                if (!Race(threads, client, server, unchecked(seed + number), inHandshake))
                {
                    client.Dispose();
                    client = Client(context, log);
                }
            }

            client.Dispose();
            Eventually.Equal(0, () => server.Statistics.Peers, Limit * 3, "the server's peers"); // those whose clients gave up in the handshake end with its deadline, or when they have been silent
        }

        Assert.That(_ends.Values, Is.All.EqualTo(1), "each end is told once");
        Assert.That(log.Lines.Where(line => line.Level >= LogLevel.Error || line.EventId == LogCapture.CallbackFailed), Is.Empty);
        Eventually.Equal((threadsBefore, socketsBefore), () => (ProcessState.EndpointThreads, ProcessState.Sockets), Limit, "threads and sockets");
        _tally.Print();
    }

    // The identity tells the server's peer which schedule it belongs to.
    private DtlsContext PlainPsk() => new(new DtlsContextOptions
    {
        ClientPsk = _ => new DtlsPsk(_identity, new byte[16]), ServerPsk = _ => new byte[16], CipherSuites = [TlsCipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256],
    });

    private DtlsEndpoint Client(DtlsContext context, LogCapture log) => new(new DtlsEndpointOptions { LocalEndPoint = TestEndpoints.Loopback, ClientContext = context, PeerEnded = Count }, log);

    private void Count(DtlsPeer peer) => _ends.AddOrUpdate(peer, 1, (_, times) => times + 1);

    private void Serve(DtlsPeer peer)
    {
        _served[peer.Negotiated!.PskIdentity!] = peer;
        try
        {
            ReceiveAll(peer, CancellationToken.None);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or DtlsClosedException)
        {
            // The schedule's, or the shutdown's.
        }
    }

    /// <returns>Whether the client's endpoint is to be used again.</returns>
    private bool Race(RaceThreads threads, DtlsEndpoint client, DtlsEndpoint server, int seed, bool inHandshake)
    {
        Random random = new(seed);
        string schedule = RaceSchedule.Choose(random, Enders[random.Next(random.Next(4) == 0 ? 4 : 3)], Actions, most: 5);
        string identity = _identity = $"racer {seed}";
        using CancellationTokenSource source = new();
        StrongBox<string?> received = new();
        DtlsPeer peer = inHandshake
            ? client.Connect(server.LocalEndPoint, connected => received.Value = Receive(connected, schedule, source.Token))
            : client.Connect(server.LocalEndPoint);
        if (!inHandshake)
        {
            Eventually.True(() => _served.ContainsKey(identity), Limit, "the server has the peer");
        }

        List<Action> actions = [.. schedule.Select(action => (Action)(() => _tally.Count(action, Do(action, peer, identity, schedule, inHandshake, source, client))))];
        if (!inHandshake)
        {
            actions.Add(() => _tally.Count(RaceAction.Receive, Receive(peer, schedule, source.Token)));
        }

        threads.Run(seed, Limit, [.. actions]);
        peer.Dispose();
        Eventually.True(() => peer.End != DtlsPeerEnd.None && _ends.ContainsKey(peer), Limit, "the end is told");
        Assert.That(() => peer.Send(RaceCalls.Payload), Throws.InstanceOf<ObjectDisposedException>().Or.InstanceOf<InvalidOperationException>().Or.InstanceOf<DtlsException>());
        if (inHandshake)
        {
            _tally.Count(RaceAction.Receive, received.Value ?? "never established");
        }

        return !schedule.Contains(RaceAction.End);
    }

    private string Do(char action, DtlsPeer peer, string identity, string schedule, bool inHandshake, CancellationTokenSource source, DtlsEndpoint client)
    {
        DtlsPeer? served = _served.GetValueOrDefault(identity);
        string there = RaceOutcomes.Reversed(schedule) + RaceAction.Close + RaceAction.Dispose; // freed when its session is over
        string here = inHandshake ? schedule + RaceAction.Dispose : schedule; // with a session, too
        return action switch
        {
            RaceAction.Poll => RaceOutcomes.Of(here, inHandshake, () => Poll(peer)),
            RaceAction.Send => RaceOutcomes.Of(here, inHandshake, () => RaceCalls.Many(() => peer.Send(RaceCalls.Payload))),
            RaceAction.TrySend => RaceOutcomes.Of(here, inHandshake, () => RaceCalls.Many(() => peer.TrySend(RaceCalls.Payload))),
            RaceAction.SendInTime => RaceOutcomes.Of(here, inHandshake, () => RaceCalls.Many(() => peer.Send(RaceCalls.Payload, Limit, source.Token))),
            RaceAction.PeerSends => RaceOutcomes.Of(there, inHandshake, () => RaceCalls.Many(() => served?.Send(RaceCalls.Payload))),
            RaceAction.Close => RaceCalls.Call(peer.Close),
            RaceAction.CloseInTime => RaceCalls.Call(() => peer.Close(Limit)),
            RaceAction.Dispose => RaceCalls.Call(peer.Dispose),
            RaceAction.Cancel => RaceCalls.Call(source.Cancel),
            RaceAction.PeerCloses => RaceCalls.Call(() => served?.Close()),
            RaceAction.PeerDisposed => RaceCalls.Call(() => served?.Dispose()),
            _ => RaceCalls.Call(client.Dispose),
        };
    }

    private static string Receive(DtlsPeer peer, string schedule, CancellationToken token) => RaceOutcomes.Of(schedule, inHandshake: false, () => ReceiveAll(peer, token));

    private static DtlsReceiveStatus? ReceiveAll(DtlsPeer peer, CancellationToken token) => RaceCalls.ReceiveAll(buffer => peer.Receive(buffer, Timeout.InfiniteTimeSpan, token));

    private static DtlsReceiveStatus? Poll(DtlsPeer peer)
    {
        Assert.That(peer.Statistics.PayloadsReceived, Is.Not.Negative);
        return RaceCalls.Poll(buffer => peer.Receive(buffer, TimeSpan.Zero));
    }
}
