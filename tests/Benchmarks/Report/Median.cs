namespace FifoDtls.Benchmarks;

/// <summary>The median of what was measured.</summary>
internal static class Median
{
    /// <summary>The median of the values that there are; <see langword="null"/> when there are none.</summary>
    internal static double? Of(IEnumerable<double?> values)
    {
        double[] sorted = [.. values.Where(value => value is not null && double.IsFinite(value.Value)).Select(value => value!.Value).Order()];
        return sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
