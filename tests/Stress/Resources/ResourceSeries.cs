namespace FifoDtls.Stress;

/// <summary>One resource over a run.</summary>
/// <param name="Start">At the baseline: after a warm-up association, before the first peer.</param>
/// <param name="Peak">The most.</param>
/// <param name="End">After everything was disposed; of memory, after a collection of garbage.</param>
/// <param name="SlopePerMinute">Of the straight line (least squares) through the means of ten equal stretches of the second half of the run.</param>
/// <param name="SlopeErrorPerMinute">The slope's standard error: a slope of less than twice as much is noise.</param>
internal sealed record ResourceSeries(long Start, long Peak, long End, double SlopePerMinute, double SlopeErrorPerMinute)
{
    private const int Stretches = 10; // long beside the time from one collection of garbage to the next, so that their means are independent

    internal static ResourceSeries Of(ProcessSample baseline, IReadOnlyList<ProcessSample> samples, ProcessSample end, Func<ProcessSample, long> value)
    {
        (double slope, double error) = Slope(Means(samples, value));
        return new ResourceSeries(value(baseline), samples.Append(baseline).Append(end).Max(value), value(end), Math.Round(slope * 60, 1), Math.Round(error * 60, 1));
    }

    private static List<(double Seconds, double Value)> Means(IReadOnlyList<ProcessSample> samples, Func<ProcessSample, long> value)
    {
        if (samples.Count == 0)
        {
            return [];
        }

        double settled = samples[^1].Seconds / 2;
        double stretch = (samples[^1].Seconds - settled) / Stretches;
        return
        [
            .. samples.Where(sample => sample.Seconds >= settled)
                .GroupBy(sample => Math.Min(Stretches - 1, (int)((sample.Seconds - settled) / stretch)))
                .Select(group => (group.Average(sample => sample.Seconds), group.Average(value))),
        ];
    }

    /// <summary>Per second, with its standard error.</summary>
    private static (double Slope, double Error) Slope(List<(double Seconds, double Value)> points)
    {
        if (points.Count < 3)
        {
            return default;
        }

        double meanTime = points.Average(point => point.Seconds);
        double meanValue = points.Average(point => point.Value);
        double variance = points.Sum(point => (point.Seconds - meanTime) * (point.Seconds - meanTime));
        double slope = points.Sum(point => (point.Seconds - meanTime) * (point.Value - meanValue)) / variance;
        double unexplained = points.Sum(point => Math.Pow(point.Value - meanValue - (slope * (point.Seconds - meanTime)), 2));
        return (slope, Math.Sqrt(unexplained / (points.Count - 2) / variance));
    }
}
