namespace FifoDtls.Stress;

/// <summary>Percentiles of the round trips.</summary>
internal sealed record RoundTripReport(double P50, double P90, double P99, double P999, double Max)
{
    internal static RoundTripReport Of(LatencyHistogram times) =>
        new(times.Percentile(0.5), times.Percentile(0.9), times.Percentile(0.99), times.Percentile(0.999), times.Percentile(1));
}
