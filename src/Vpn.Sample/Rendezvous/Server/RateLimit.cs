namespace FifoVpn.Rendezvous;

/// <summary>A token bucket: so much a second, in bursts of up to so much. Thread-safe; never waits, allocates nothing.</summary>
internal sealed class RateLimit
{
    private readonly Lock _lock = new(); // held for the arithmetic only
    private readonly double _perSecond;
    private readonly double _burst;
    private readonly TimeProvider _clock;
    private double _tokens;
    private long _filledAt;

    /// <summary>A bucket that is full.</summary>
    public RateLimit(double perSecond, double burst, TimeProvider clock)
    {
        _perSecond = perSecond;
        _burst = burst;
        _clock = clock;
        _tokens = burst;
        _filledAt = clock.GetTimestamp();
    }

    /// <returns><see langword="false"/>: it is too much now, and nothing has been taken.</returns>
    public bool TryTake(double amount)
    {
        lock (_lock)
        {
            long now = _clock.GetTimestamp();
            _tokens = Math.Min(_burst, _tokens + (_clock.GetElapsedTime(_filledAt, now).TotalSeconds * _perSecond));
            _filledAt = now;
            if (_tokens < amount)
            {
                return false;
            }

            _tokens -= amount;
            return true;
        }
    }
}
