using System.Diagnostics;

namespace FifoDtls.Benchmarks;

/// <summary>How many datagrams a server echoes, and with how much processor time.</summary>
internal sealed class EchoBenchmark : IBenchmark
{
    private readonly BenchSettings _settings;
    private readonly int _threads;
    private readonly int _size;
    private readonly int _window;
    private readonly EchoServers _servers = new();
    private readonly List<(EchoKind Kind, int Peers, Row Row)> _contenders = [];
    private readonly Comparison _comparison;

    internal EchoBenchmark(BenchSettings settings, int[] peers, int threads, int size, int window)
    {
        (_settings, _threads, _size, _window) = (settings, threads, size, window);
        _comparison = new Comparison(
            $"Echo of {size} bytes, {window} in flight for each peer",
            new Figure("echoes/s", "0"), new Figure("server, µs of processor time each", "0.00"), new Figure("clients, µs each", "0.00"), new Figure("lost", "0", Compared: false));
        foreach (int count in peers)
        {
            Row raw = _comparison.AddRow(EchoServers.NameOf(EchoKind.Raw, count));
            _contenders.Add((EchoKind.Raw, count, raw));
            _contenders.Add((EchoKind.Dtls, count, _comparison.AddRow(EchoServers.NameOf(EchoKind.Dtls, count), raw)));
        }
    }

    public string Method =>
        $"The server is a process of its own: a DtlsEndpoint with a blocking session for each peer, or one blocking .NET socket with one thread. The clients have a socket each, and {_threads} threads at the most "
        + "serve them in turn: receive one echo, send one datagram. A DTLS client is a DtlsConnection over its socket.";

    public IReadOnlyList<Comparison> Comparisons => [_comparison];

    public void WarmUp(CancellationToken interrupted)
    {
        foreach (EchoKind kind in Enum.GetValues<EchoKind>())
        {
            _ = Measure(kind, peers: 2, _settings.Quick ? _settings.RunUp : TimeSpan.FromSeconds(2), interrupted);
        }
    }

    public void Round(CancellationToken interrupted)
    {
        double?[][] samples = [.. _contenders.Select(contender => Measure(contender.Kind, contender.Peers, _settings.Sample, interrupted))];
        for (int i = 0; i < samples.Length; i++)
        {
            _contenders[i].Row.Add(samples[i]);
        }
    }

    public void Dispose() => _servers.Dispose();

    private double?[] Measure(EchoKind kind, int peers, TimeSpan time, CancellationToken interrupted)
    {
        EchoServerProcess server = _servers[kind];
        using EchoFleet fleet = _servers.Connect(kind, peers);
        using var load = new EchoLoad(fleet, _threads, _size, _window);
        BenchRun.Pass(_settings.RunUp, interrupted);
        (long echoes, long lost, TimeSpan serverTime, TimeSpan clientTime) = (load.Echoes, load.Lost, server.Processor, Environment.CpuUsage.TotalTime);
        long start = Stopwatch.GetTimestamp();
        BenchRun.Pass(time, interrupted);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double done = load.Echoes - echoes;
        return [done / seconds, (server.Processor - serverTime).TotalMicroseconds / done, (Environment.CpuUsage.TotalTime - clientTime).TotalMicroseconds / done, load.Lost - lost];
    }
}
