namespace FifoDtls.Benchmarks;

/// <summary>What a contender has done in the time of one measurement.</summary>
/// <param name="Handshakes">Whole handshakes, both sides.</param>
/// <param name="Elapsed">In how long a time.</param>
/// <param name="Processor">With how much processor time of the process, in which both sides are.</param>
internal sealed record HandshakeSample(long Handshakes, TimeSpan Elapsed, TimeSpan Processor)
{
    internal double?[] Figures => [Handshakes / Elapsed.TotalSeconds, Processor.TotalMicroseconds / Handshakes, Processor / Elapsed];
}
