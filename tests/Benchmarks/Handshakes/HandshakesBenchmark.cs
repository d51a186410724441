using System.Diagnostics;
using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary>New peers per second of an endpoint, beside bare handshakes of libssl.</summary>
internal sealed class HandshakesBenchmark : IBenchmark
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);

    private readonly BenchSettings _settings;
    private readonly List<(IHandshaker Handshaker, Row Row)> _contenders = [];
    private readonly Comparison _comparison = new(
        "Whole handshakes (ECDHE-ECDSA P-256, the client verifies the server), both sides in one process",
        new Figure("handshakes/s", "0"), new Figure("processor time of both sides, µs each", "0"), new Figure("cores in use", "0.00", Compared: false));

    internal HandshakesBenchmark(BenchSettings settings, int clients, int stay, string[] only)
    {
        _settings = settings;
        Row bare = _comparison.AddRow("bare libssl, memory BIOs");
        _contenders.Add((new BareHandshaker(), bare));
        Add("pairs", "pairs of DtlsConnection, FIFOs in memory", () => new ConnectionHandshaker(Environment.ProcessorCount));
        Add("leave", "new peers of a DtlsEndpoint, which leave again", () => new EndpointHandshaker(clients, stay: 0));
        Add("stay", $"new peers of a DtlsEndpoint, which stay (up to {stay})", () => new EndpointHandshaker(clients, stay));

        void Add(string name, string description, Func<IHandshaker> create)
        {
            if (only.Length == 0 || only.Contains(name))
            {
                _contenders.Add((create(), _comparison.AddRow(description, bare)));
            }
        }
    }

    public string Method =>
        "Server and clients share one process, and all of its cores. Bare: as many threads as cores, each of which calls both sides in turn. Pairs: as many pairs of blocking threads as cores. "
        + "Endpoint: over loopback, a socket for each client, cookie exchange, close_notify.";

    public IReadOnlyList<Comparison> Comparisons => [_comparison];

    public void WarmUp(CancellationToken interrupted)
    {
        foreach ((IHandshaker handshaker, _) in _contenders)
        {
            _ = Measure(handshaker, _settings.Quick ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromSeconds(1), interrupted);
        }
    }

    public void Round(CancellationToken interrupted)
    {
        HandshakeSample[] samples = [.. _contenders.Select(contender => Measure(contender.Handshaker, _settings.Sample, interrupted))];
        for (int i = 0; i < samples.Length; i++)
        {
            _contenders[i].Row.Add(samples[i].Figures);
        }
    }

    public void Dispose() => _contenders.ForEach(contender => contender.Handshaker.Dispose());

    private static HandshakeSample Measure(IHandshaker handshaker, TimeSpan time, CancellationToken interrupted)
    {
        long done = 0;
        bool stopped = false;
        long start = Stopwatch.GetTimestamp();
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        var threads = new BlockingThread[handshaker.Threads];
        using var ended = new CountdownEvent(threads.Length);
        for (int i = 0; i < threads.Length; i++)
        {
            int number = i;
            threads[i] = BlockingThread.Start($"handshakes {i}", () => Run(number));
        }

        _ = WaitHandle.WaitAny([ended.WaitHandle, interrupted.WaitHandle], time);
        Volatile.Write(ref stopped, true);
        BlockingThread.JoinAll(EndLimit, threads);
        var sample = new HandshakeSample(done, Stopwatch.GetElapsedTime(start), Environment.CpuUsage.TotalTime - processor);
        handshaker.Clear();
        interrupted.ThrowIfCancellationRequested();
        return sample;

        void Run(int number)
        {
            try
            {
                while (!Volatile.Read(ref stopped) && handshaker.Next(number))
                {
                    Interlocked.Increment(ref done);
                }
            }
            finally
            {
                ended.Signal();
            }
        }
    }
}
