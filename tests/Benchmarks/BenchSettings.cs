namespace FifoDtls.Benchmarks;

/// <summary>What all benchmarks of the driver are told.</summary>
/// <param name="Rounds">How often every contender is measured.</param>
/// <param name="Sample">How long one measurement takes.</param>
/// <param name="Quick">Whether it is only to be seen that the benchmark works.</param>
/// <param name="Json">The file for all samples.</param>
internal sealed record BenchSettings(int Rounds, TimeSpan Sample, bool Quick, string? Json)
{
    /// <summary>What is not measured before each sample, until it is in full swing.</summary>
    internal TimeSpan RunUp => Quick ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromMilliseconds(500);
}
