using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace FifoDtls.Stress;

/// <summary>The <c>flood</c> command: a server, real clients, and what is sent against it.</summary>
internal sealed class FloodRun
{
    private static readonly TimeSpan Display = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10); // a client that hears nothing for so long has not gone on

    private readonly FloodSettings _settings;
    private readonly SoakCounters _clients = new();
    private readonly SoakCounters _newcomers = new();
    private readonly FloodCounters _flood = new();
    private readonly ResourceWatch _watch;
    private readonly List<string> _problems = [];
    private int _mostPeers;
    private int _mostHandshakes;

    private FloodRun(FloodSettings settings)
    {
        _settings = settings;
        _watch = new ResourceWatch(settings.Duration);
    }

    /// <summary>Runs the flood and prints the summary; the exit code.</summary>
    internal static int Run(FloodSettings settings)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new CommandFailure(ExitCode.Usage, "flood reads /proc and needs all of 127.0.0.0/8, which only Linux has.");
        }

        using var signals = new TerminationSignals();
        SoakRun.WarmUp();
        FloodReport report = new FloodRun(settings).Run(signals.Received);
        Console.WriteLine(JsonSerializer.Serialize(report, SoakJson.Printed));
        return report.Ok ? ExitCode.Ok : ExitCode.SoakFailed;
    }

    private FloodReport Run(CancellationToken signalled)
    {
        long start = Stopwatch.GetTimestamp();
        SoakServerReport serverReport;
        FloodClient[] clients;
        double seconds;
        using (var server = new SoakServer(_settings.Clients, TimeSpan.FromMinutes(5), offload: true))
        using (var context = new DtlsContext(new DtlsContextOptions { VerifyServer = false }))
        {
            clients = Flood(server, context, signalled);
            seconds = Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 1);
            serverReport = server.Finish();
        }

        TimeSpan silence = clients.Max(client => client.LongestSilence);
        ResourceReport resources = _watch.Finish();
        Check(silence > Silence, $"a client heard nothing for {silence.TotalSeconds:0.0} s");
        Check(_clients.PayloadErrors + serverReport.PayloadErrors > 0, "payload errors");
        Check(_clients.CrossDeliveries + serverReport.CrossDeliveries > 0, "cross-peer deliveries");
        Check(resources.Leaks, "threads or descriptors are left");
        _problems.AddRange(_clients.Violations.Concat(serverReport.Violations).Select(violation => $"{violation.Value} x {violation.Key}"));
        return new FloodReport(
            _problems.Count == 0, _problems, _settings.Seed, seconds, _flood,
            new FloodClientsReport(
                _settings.Clients, _clients.Sent, _clients.Received, _clients.Lost, _clients.PayloadErrors, _clients.CrossDeliveries, Math.Round(silence.TotalSeconds, 3),
                RoundTripReport.Of(_clients.RoundTrips)),
            new HandshakeReport(
                _newcomers.Established, _newcomers.HandshakesGivenUp, _newcomers.HandshakesFailed.Values.Sum(), new SortedDictionary<string, long>(_newcomers.HandshakesFailed)),
            _mostPeers, _mostHandshakes, serverReport, resources);
    }

    private FloodClient[] Flood(SoakServer server, DtlsContext context, CancellationToken signalled)
    {
        IPEndPoint address = server.Endpoint.LocalEndPoint;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signalled);
        using var connected = new CountdownEvent(_settings.Clients);
        FloodClient[] clients = [.. Enumerable.Range(0, _settings.Clients).Select(i => new FloodClient(i, context, address, _clients, connected, stop.Token))];
        List<Thread> threads = [.. clients.Select(client => Start("client", client.Run))];
        Check(!connected.Wait(SoakTimes.Hung), "the clients did not connect, with no flood yet");
        threads.Add(Start("flood", new FloodSender(_settings, address, _flood, stop.Token).Run));
        threads.Add(Start("half-open", new HalfOpener(_settings, address, _flood, stop.Token).Run));
        threads.Add(Start("newcomer", new Newcomer(context, address, _newcomers, stop.Token).Run));
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < _settings.Duration && !stop.IsCancellationRequested;)
        {
            stop.Token.WaitHandle.WaitOne(Display);
            Show(server.Endpoint.Statistics, Stopwatch.GetElapsedTime(start));
        }

        if (!Console.IsErrorRedirected)
        {
            Console.Error.WriteLine();
        }

        _watch.Stop();
        stop.Cancel();
        int hung = threads.Count(thread => !thread.Join(SoakTimes.Hung));
        Check(hung > 0, $"{hung} threads did not end");
        return clients;
    }

    private Thread Start(string name, Action run)
    {
        var thread = new Thread(() =>
        {
            try
            {
                run();
            }
            catch (Exception exception)
            {
                SoakCounters.Count(_clients.Violations, $"{name}'s thread: {exception.GetType().Name}: {exception.Message}");
            }
        })
        { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }

    private void Show(DtlsEndpointStatistics statistics, TimeSpan since)
    {
        _mostPeers = Math.Max(_mostPeers, statistics.Peers);
        _mostHandshakes = Math.Max(_mostHandshakes, statistics.AcceptingHandshakes);
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write(
                $"\r{since.TotalSeconds:0} s: {_flood.ClientHellos + _flood.Garbage + _flood.Oversized} sent, {_flood.HalfOpen} half open; {statistics.Peers} peers, {statistics.HelloVerifyRequests} cookies; "
                + $"{_clients.Received} of {_clients.Sent} echoes; {_newcomers.Established} newcomers; {_watch.Latest.Resident >> 20} MiB  ");
        }
    }

    private void Check(bool isProblem, string problem)
    {
        if (isProblem)
        {
            _problems.Add(problem);
        }
    }
}
