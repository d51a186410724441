namespace FifoDtls.Benchmarks;

/// <summary>The samples of one contender, a round each.</summary>
internal sealed class Row(string contender)
{
    private readonly List<double?[]> _samples = [];

    /// <summary>What was measured.</summary>
    internal string Contender { get; } = contender;

    /// <summary>What it is compared with; <see langword="null"/> for what others are compared with.</summary>
    internal Row? Baseline { get; set; }

    internal void Add(double?[] values) => _samples.Add(values);

    /// <summary>What was measured of one figure, round by round.</summary>
    internal IReadOnlyList<double?> Samples(int figure) => [.. _samples.Select(values => values[figure])];

    internal double? MedianOf(int figure) => Median.Of(Samples(figure));

    /// <summary>The median of the rounds' own ratios: what slows the machine down slows both of a round down.</summary>
    internal double? RatioOf(int figure) => Baseline is null ? null : Median.Of(Samples(figure).Zip(Baseline.Samples(figure), (own, other) => other is null or 0 ? null : own / other));
}
