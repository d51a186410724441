using System.Diagnostics;

namespace FifoVpn.Shaping;

/// <summary>
/// A token bucket for bytes: so many a second over any long time, and at most the burst above that. Not thread-safe: the owner's lock guards it.
/// </summary>
/// <remarks>
/// <c>System.Threading.RateLimiting.TokenBucketRateLimiter</c> refills by a timer or a call, in whole periods, and either refuses or makes the caller await. This one
/// needs neither timer nor task: it counts the time that passed, and says when to come back.
/// Credit is counted in bytes x clock ticks per second, so that no fraction of a byte is ever lost: the rate is exact.
/// </remarks>
internal sealed class TokenBucket
{
    private readonly long _rate;
    private readonly long _byte; // what one byte costs: the clock's ticks in a second
    private readonly long _full;
    private long _credit;
    private long _last;

    /// <summary>Begins full.</summary>
    /// <param name="bytesPerSecond">At least 1.</param>
    /// <param name="burst">Bytes, at least 1, at most 2^63 / <paramref name="frequency"/> (9.2 GB with a clock of nanoseconds).</param>
    /// <param name="now">The clock now, in ticks.</param>
    /// <param name="frequency">The clock's ticks in a second; 0: those of <see cref="Stopwatch"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public TokenBucket(long bytesPerSecond, long burst, long now, long frequency = 0)
    {
        _byte = frequency == 0 ? Stopwatch.Frequency : frequency;
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesPerSecond, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(_byte, 1, nameof(frequency));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(burst, long.MaxValue / _byte);
        _rate = bytesPerSecond;
        _full = burst * _byte;
        _credit = _full;
        _last = now;
    }

    /// <summary>
    /// Takes the tokens for a packet if they are there. A packet above the burst passes when the bucket is full and leaves a debt, so that it is delayed but
    /// not stuck, and the rate holds.
    /// </summary>
    /// <param name="now">The clock now; a clock that went back counts as one that stood.</param>
    /// <param name="delay">When false: the ticks from now after which the tokens are there, if nobody else takes them; else 0.</param>
    public bool TryTake(int bytes, long now, out long delay)
    {
        delay = DelayOf(bytes, now);
        if (delay > 0)
        {
            return false;
        }

        _credit -= bytes * _byte;
        return true;
    }

    /// <summary>The ticks from now after which the tokens for a packet are there; 0: now. Takes nothing.</summary>
    public long DelayOf(int bytes, long now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Refill(now);
        long missing = Math.Min(bytes * _byte, _full) - _credit;
        return missing <= 0 ? 0 : DivideUp(missing, _rate);
    }

    private void Refill(long now)
    {
        long passed = now - _last;
        if (passed <= 0)
        {
            return;
        }

        _last = now;
        // Compared before it is multiplied: a long pause at a high rate would overflow.
        _credit = passed >= DivideUp(_full - _credit, _rate) ? _full : _credit + (passed * _rate);
    }

    private static long DivideUp(long value, long by) => (value / by) + (value % by == 0 ? 0 : 1);
}
