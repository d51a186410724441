namespace FifoVpn.Packets;

/// <summary>
/// Bounds the ICMP errors that a node sends (RFC 1812 §4.3.2.8, RFC 4443 §2.4 f): so many in a second, and so many at once after a
/// pause. Any thread may ask at any time; nobody waits.
/// </summary>
internal sealed class IcmpRateLimit
{
    public const int DefaultPerSecond = 100;
    public const int DefaultBurst = 50;

    private readonly TimeProvider _clock;
    private readonly long _interval;
    private readonly long _tolerance;

    /// <summary>
    /// The moment from which on no past error counts any more. One number says as much as a bucket's level and its time
    /// (ITU-T I.371, the generic cell rate algorithm), so it can be changed without a lock.
    /// </summary>
    private long _idleFrom;

    /// <param name="perSecond">Errors in a second, 1 to 1,000,000.</param>
    /// <param name="burst">Errors at once after a pause, 1 to 1,000,000.</param>
    /// <param name="clock">Its timestamps are used; null: the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public IcmpRateLimit(int perSecond = DefaultPerSecond, int burst = DefaultBurst, TimeProvider? clock = null)
    {
        const int limit = 1_000_000;
        ArgumentOutOfRangeException.ThrowIfLessThan(perSecond, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(perSecond, limit);
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(burst, limit);
        _clock = clock ?? TimeProvider.System;
        _interval = Math.Max(1, _clock.TimestampFrequency / perSecond);
        _tolerance = _interval * (burst - 1);
        _idleFrom = _clock.GetTimestamp();
    }

    /// <summary>True if one more error may be sent now, which is then counted.</summary>
    public bool TryTake()
    {
        long now = _clock.GetTimestamp();
        while (true)
        {
            long idleFrom = Volatile.Read(ref _idleFrom);
            if (idleFrom - now > _tolerance)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _idleFrom, Math.Max(idleFrom, now) + _interval, idleFrom) == idleFrom)
            {
                return true;
            }
        }
    }
}
