using System.Diagnostics;

namespace FifoDtls;

/// <summary>A point on the monotonic clock at which a wait ends, or never.</summary>
internal readonly struct Deadline
{
    private readonly long _ticks;

    private Deadline(long ticks) => _ticks = ticks;

    internal static Deadline Never => new(long.MaxValue);

    /// <summary>The deadline that lies <paramref name="timeout"/> ahead.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is negative and not <see cref="Timeout.InfiniteTimeSpan"/>.</exception>
    internal static Deadline After(TimeSpan timeout, string parameterName = "timeout")
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return Never;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero, parameterName);
        double ahead = timeout.TotalSeconds * Stopwatch.Frequency;
        long now = Stopwatch.GetTimestamp();
        return ahead >= long.MaxValue - now ? Never : new Deadline(now + (long)ahead);
    }

    internal bool IsNever => _ticks == long.MaxValue;

    internal bool HasPassed => !IsNever && Stopwatch.GetTimestamp() >= _ticks;

    /// <summary>What is left: zero when it has passed, <see cref="Timeout.InfiniteTimeSpan"/> when it never will.</summary>
    internal TimeSpan Remaining
    {
        get
        {
            if (IsNever)
            {
                return Timeout.InfiniteTimeSpan;
            }

            long left = _ticks - Stopwatch.GetTimestamp();
            return left <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)left / Stopwatch.Frequency);
        }
    }

    /// <summary>What is left for a wait that takes milliseconds: rounded up, so that no wait ends early; -1 for ever.</summary>
    internal int RemainingMilliseconds
    {
        get
        {
            TimeSpan remaining = Remaining;
            return remaining == Timeout.InfiniteTimeSpan ? Timeout.Infinite
                : (int)Math.Min(Math.Ceiling(remaining.TotalMilliseconds), int.MaxValue - 1);
        }
    }

    /// <summary>The earlier of the two.</summary>
    internal static Deadline Earlier(Deadline a, Deadline b) => a._ticks <= b._ticks ? a : b;
}
