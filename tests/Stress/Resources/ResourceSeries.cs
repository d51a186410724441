namespace FifoDtls.Stress;

/// <summary>One resource over a run.</summary>
/// <param name="Start">At the baseline: after a warm-up association, before the first peer.</param>
/// <param name="Peak">The most.</param>
/// <param name="End">After everything was disposed; of memory, after a collection of garbage.</param>
/// <param name="SlopePerMinute">Of the straight line through the samples after the first quarter of the run (least squares).</param>
internal sealed record ResourceSeries(long Start, long Peak, long End, double SlopePerMinute)
{
    internal static ResourceSeries Of(ProcessSample baseline, IReadOnlyList<ProcessSample> samples, ProcessSample end, Func<ProcessSample, long> value) => new(
        value(baseline), samples.Append(baseline).Append(end).Max(value), value(end), Math.Round(Slope(samples, value) * 60, 1));

    /// <summary>Per second.</summary>
    private static double Slope(IReadOnlyList<ProcessSample> samples, Func<ProcessSample, long> value)
    {
        double settled = samples.Count == 0 ? 0 : samples[^1].Seconds / 4;
        List<ProcessSample> steady = [.. samples.Where(sample => sample.Seconds >= settled)];
        if (steady.Count < 3)
        {
            return 0;
        }

        double meanTime = steady.Average(sample => sample.Seconds);
        double meanValue = steady.Average(value);
        double variance = steady.Sum(sample => (sample.Seconds - meanTime) * (sample.Seconds - meanTime));
        return variance == 0 ? 0 : steady.Sum(sample => (sample.Seconds - meanTime) * (value(sample) - meanValue)) / variance;
    }
}
