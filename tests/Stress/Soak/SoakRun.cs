using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace FifoDtls.Stress;

/// <summary>The <c>soak</c> command: starts server, proxy, clients and their threads, watches them, ends them and judges.</summary>
internal sealed class SoakRun
{
    private const int Pacers = 2;
    private static readonly TimeSpan Display = TimeSpan.FromSeconds(1);

    private readonly EndSignal _ends = new();
    private readonly SoakSettings _settings;
    private readonly SoakCounters _counters = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly ResourceWatch _watch;

    private SoakRun(SoakSettings settings)
    {
        _settings = settings;
        _watch = new ResourceWatch(settings.Duration);
    }

    /// <summary>Runs the soak and prints the summary; the exit code.</summary>
    internal static int Run(SoakSettings settings)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new CommandFailure(ExitCode.Usage, "soak reads /proc and uses epoll, which only Linux has.");
        }

        using var signals = new TerminationSignals();
        WarmUp();
        SoakReport report = new SoakRun(settings).Run(signals.Received);
        Console.WriteLine(JsonSerializer.Serialize(report, SoakJson.Printed));
        return report.Ok ? ExitCode.Ok : ExitCode.SoakFailed;
    }

    /// <summary>One association from beginning to end: what the process loads and starts once is there when the baseline is taken.</summary>
    internal static void WarmUp()
    {
        using var server = new SoakServer(1, TimeSpan.FromSeconds(15), offload: true);
        using var context = new DtlsContext(new DtlsContextOptions { VerifyServer = false });
        using DtlsEndpoint client = CreateClient(context, 1, offload: true, new EndSignal());
        using (var proxy = new LossyProxy(new ProxyFaults(0, 0, 0, 0, 0, 0, 0), 1, client.LocalEndPoint, server.Endpoint.LocalEndPoint, 0))
        using (DtlsPeer peer = client.Connect(new IPEndPoint(IPAddress.Loopback, proxy.Paths[0].FrontPort)))
        {
            byte[] payload = new byte[SoakPayload.HeaderSize];
            new SoakPayload(0, 0, 0, 0, AsksForClose: false).Write(payload);
            peer.Send(payload);
            peer.Receive(payload, SoakTimes.Drain);
        }

        client.Dispose();
        server.Finish();
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write('\r'); // the display's terminal has descriptors too
        }
    }

    private static DtlsEndpoint CreateClient(DtlsContext context, int peers, bool offload, EndSignal ends) => new(new DtlsEndpointOptions
    {
        LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
        ClientContext = context,
        MaxPeers = Math.Max(1_000, peers * 4),
        HandshakeTimeout = SoakTimes.Handshake,
        ShutdownTimeout = SoakTimes.Shutdown,
        SegmentationOffload = offload,
        PeerEnded = ends.Note,
    });

    private SoakReport Run(CancellationToken signalled)
    {
        int hung;
        ProxyCounters proxied;
        DtlsEndpointStatistics clientStatistics;
        SoakServerReport serverReport;
        double seconds;
        using (ISoakServerHost server = _settings.Processes == 2
            ? new ChildSoakServer(_settings.Peers, _settings.IdleTimeout, _settings.Offload, _settings.Duration)
            : new LocalSoakServer(_settings.Peers, _settings.IdleTimeout, _settings.Offload))
        using (var context = new DtlsContext(new DtlsContextOptions { VerifyServer = false }))
        using (DtlsEndpoint client = CreateClient(context, _settings.Peers, _settings.Offload, _ends))
        using (var proxy = new LossyProxy(_settings.Faults, _settings.Peers, client.LocalEndPoint, server.Address, _settings.Seed))
        {
            hung = RunPeers(client, proxy, signalled);
            seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
            client.Dispose();
            clientStatistics = client.Statistics;
            serverReport = server.Finish();
            proxied = proxy.Counters;
        }

        return Judge(new SoakReport
        {
            Ok = true,
            Problems = [],
            Seed = _settings.Seed,
            Schedule = LifePlan.Digest(_settings),
            Peers = _settings.Peers,
            Processes = _settings.Processes,
            Offload = _settings.Offload,
            Seconds = Math.Round(seconds, 1),
            Handshakes = new HandshakeReport(
                _counters.Established, _counters.HandshakesGivenUp, _counters.HandshakesFailed.Values.Sum(), new SortedDictionary<string, long>(_counters.HandshakesFailed)),
            Payloads = new PayloadReport(
                _counters.Sent, _counters.Received, _counters.Lost, _counters.OutstandingAtDeath, _counters.Duplicated, _counters.OutOfOrder, _counters.PayloadErrors + serverReport.PayloadErrors,
                _counters.CrossDeliveries + serverReport.CrossDeliveries, _counters.SendsRefused, _counters.ServerClosesUnseen),
            RoundTripMilliseconds = RoundTripReport.Of(_counters.RoundTrips),
            Ends = new SortedDictionary<string, long>(_counters.Ends),
            ReceivesCancelled = _counters.ReceivesCancelled,
            HungPeers = hung,
            Proxy = proxied,
            Client = clientStatistics,
            Server = serverReport,
            Resources = _watch.Finish(),
        });
    }

    /// <summary>The peers' threads from start to end; how many did not end.</summary>
    private int RunPeers(DtlsEndpoint client, LossyProxy proxy, CancellationToken signalled)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signalled);
        SoakPeer[] peers = [.. proxy.Paths.Select((path, i) => new SoakPeer(i, _settings, client, _ends, path, _counters, stop.Token))];
        SoakPacer[] pacers = [.. Enumerable.Range(0, Pacers).Select(i => new SoakPacer(peers.Where((_, j) => j % Pacers == i), _settings.SendsPerSecond, _settings.Seed + i, stop.Token))];
        Array.ForEach(peers, peer => peer.Start());
        Array.ForEach(pacers, pacer => pacer.Start());
        while (!stop.IsCancellationRequested && _settings.Duration - Stopwatch.GetElapsedTime(_start) is { Ticks: > 0 } left)
        {
            stop.Token.WaitHandle.WaitOne(left < Display ? left : Display);
            Show(client);
        }

        EndDisplay();
        _watch.Stop();
        stop.Cancel();
        long deadline = Stopwatch.GetTimestamp();
        int hung = 0;
        foreach (SoakPeer peer in peers)
        {
            TimeSpan left = SoakTimes.Hung - Stopwatch.GetElapsedTime(deadline);
            hung += peer.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero) ? 0 : 1;
        }

        hung += pacers.Count(pacer => !pacer.Join(SoakTimes.Hung));
        return hung;
    }

    private static void EndDisplay()
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.WriteLine();
        }
    }

    private void Show(DtlsEndpoint client)
    {
        if (!Console.IsErrorRedirected)
        {
            ProcessSample now = _watch.Latest;
            Console.Error.Write(
                $"\r{Stopwatch.GetElapsedTime(_start).TotalSeconds:0} s: {client.Statistics.Peers} peers, {_counters.Established} handshakes, {_counters.HandshakesFailed.Values.Sum()} failed; "
                + $"{_counters.Sent} sent, {_counters.Received} received, {_counters.PayloadErrors} errors, {_counters.CrossDeliveries} crossed; {now.Threads} threads, {now.Descriptors} fds, {now.Resident >> 20} MiB  ");
        }
    }

    private SoakReport Judge(SoakReport report)
    {
        List<string> problems = [];
        Add(report.Payloads.Errors > 0, $"{report.Payloads.Errors} payload errors");
        Add(report.Payloads.CrossDeliveries > 0, $"{report.Payloads.CrossDeliveries} cross-peer deliveries");
        Add(report.Payloads.Duplicated > 0, $"{report.Payloads.Duplicated} payloads delivered twice");
        Add(report.HungPeers > 0, $"{report.HungPeers} threads did not end");
        Add(report.Handshakes.Ok == 0 || report.Payloads.Received == 0, "nothing was connected or received");
        AddLeaks("clients' process", report.Resources);
        AddLeaks("server's process", report.Server.Resources);
        problems.AddRange(_counters.Violations.Select(violation => $"{violation.Value} x {violation.Key}"));
        problems.AddRange(report.Server.Violations.Select(violation => $"{violation.Value} x {violation.Key}"));
        return report with { Ok = problems.Count == 0, Problems = problems };

        void Add(bool isProblem, string problem)
        {
            if (isProblem)
            {
                problems.Add(problem);
            }
        }

        void AddLeaks(string process, ResourceReport? resources) => Add(
            resources is { Leaks: true },
            $"leaks of the {process}: threads {resources?.Threads.Start} before and {resources?.Threads.End} after, descriptors {resources?.Descriptors.Start} and {resources?.Descriptors.End}");
    }
}
