using System.Diagnostics;
using System.Numerics;

namespace FifoDtls.Stress;

/// <summary>Round-trip times in buckets of an eighth of a power of two microseconds. Any thread adds.</summary>
internal sealed class LatencyHistogram
{
    private const int Parts = 8;

    private readonly long[] _buckets = new long[40 * Parts];
    private long _count;

    internal void Add(long ticks)
    {
        ulong microseconds = (ulong)Math.Max(1, ticks * 1_000_000 / Stopwatch.Frequency);
        int power = BitOperations.Log2(microseconds);
        int part = (int)((microseconds * Parts >> power) - Parts);
        Interlocked.Increment(ref _buckets[Math.Min((power * Parts) + part, _buckets.Length - 1)]);
        Interlocked.Increment(ref _count);
    }

    /// <summary>The upper end, in milliseconds, of the bucket with the given share of the times at or below; at most an eighth too much.</summary>
    internal double Percentile(double share)
    {
        long rank = (long)Math.Ceiling(Volatile.Read(ref _count) * share);
        long seen = 0;
        for (int i = 0; i < _buckets.Length && rank > 0; i++)
        {
            seen += Volatile.Read(ref _buckets[i]);
            if (seen >= rank)
            {
                return Math.Round(Math.Pow(2, i / Parts) * (Parts + (i % Parts) + 1) / Parts / 1_000, 3);
            }
        }

        return 0;
    }
}
