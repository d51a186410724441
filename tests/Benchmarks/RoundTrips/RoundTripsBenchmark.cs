using System.Diagnostics;

namespace FifoDtls.Benchmarks;

/// <summary>How long a datagram and its echo take, at a rate that does not depend on the number of peers.</summary>
internal sealed class RoundTripsBenchmark : IBenchmark
{
    private static readonly double[] Shares = [0.5, 0.9, 0.99, 0.999];

    private readonly BenchSettings _settings;
    private readonly int _size;
    private readonly EchoServers _servers = new();
    private readonly List<(EchoKind Kind, int Peers, int Rate, Row Row)> _contenders = [];
    private readonly List<Comparison> _comparisons = [];

    internal RoundTripsBenchmark(BenchSettings settings, int[] peers, int idleRate, int loadedRate, int size)
    {
        (_settings, _size) = (settings, size);
        Add($"Round trips, idle: {idleRate} datagrams/s of {size} bytes", idleRate);
        Add($"Round trips, loaded: {loadedRate} datagrams/s of {size} bytes", loadedRate);

        void Add(string title, int rate)
        {
            var comparison = new Comparison(
                title, [.. Shares.Select(share => new Figure(FormattableString.Invariant($"p{share * 100:0.#}, µs"), "0.0")), new Figure($"p99 / p99 at {peers[0]}", "0.00", Compared: false), new Figure("lost", "0", Compared: false)]);
            _comparisons.Add(comparison);
            foreach (int count in peers)
            {
                Row raw = comparison.AddRow(EchoServers.NameOf(EchoKind.Raw, count));
                _contenders.Add((EchoKind.Raw, count, rate, raw));
                _contenders.Add((EchoKind.Dtls, count, rate, comparison.AddRow(EchoServers.NameOf(EchoKind.Dtls, count), raw)));
            }
        }
    }

    public string Method =>
        "Servers as in echo. Every client has a thread that waits for its echoes; one more thread sends at the given rate, for one peer after the other, waking once a millisecond to send what is due.";

    public IReadOnlyList<Comparison> Comparisons => _comparisons;

    public void WarmUp(CancellationToken interrupted)
    {
        foreach (EchoKind kind in Enum.GetValues<EchoKind>())
        {
            _ = Measure(kind, peers: 2, rate: 10_000, _settings.Quick ? _settings.RunUp : TimeSpan.FromSeconds(2), interrupted);
        }
    }

    public void Round(CancellationToken interrupted)
    {
        double?[][] samples = [.. _contenders.Select(contender => Measure(contender.Kind, contender.Peers, contender.Rate, _settings.Sample, interrupted))];
        for (int i = 0; i < samples.Length; i++)
        {
            (EchoKind kind, _, int rate, Row row) = _contenders[i];
            int first = _contenders.FindIndex(contender => contender.Kind == kind && contender.Rate == rate);
            row.Add([.. samples[i][..Shares.Length], samples[i][2] / samples[first][2], samples[i][^1]]);
        }
    }

    public void Dispose() => _servers.Dispose();

    private double?[] Measure(EchoKind kind, int peers, int rate, TimeSpan time, CancellationToken interrupted)
    {
        using EchoFleet fleet = _servers.Connect(kind, peers);
        var load = new RoundTripLoad(fleet, _size, (int)(time.TotalSeconds * rate) + 1);
        using (load)
        {
            load.Send(rate, _settings.RunUp, measured: false, interrupted);
            load.Send(rate, time, measured: true, interrupted);
        }

        ReadOnlySpan<long> times = load.Times;
        double?[] figures = new double?[Shares.Length + 1];
        for (int i = 0; i < Shares.Length && !times.IsEmpty; i++)
        {
            figures[i] = times[(int)Math.Ceiling(times.Length * Shares[i]) - 1] * 1e6 / Stopwatch.Frequency;
        }

        figures[^1] = load.Sent - times.Length;
        return figures;
    }
}
