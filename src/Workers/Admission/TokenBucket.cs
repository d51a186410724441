namespace FifoDtls;

/// <summary>So many events a second, in bursts of up to one second's number. For one thread; allocates nothing.</summary>
internal sealed class TokenBucket(int perSecond, TimeProvider clock)
{
    private double _tokens = perSecond;
    private long _filledAt = clock.GetTimestamp();

    internal bool TryTake()
    {
        long now = clock.GetTimestamp();
        _tokens = Math.Min(perSecond, _tokens + (clock.GetElapsedTime(_filledAt, now).TotalSeconds * perSecond));
        _filledAt = now;
        if (_tokens < 1)
        {
            return false;
        }

        _tokens--;
        return true;
    }
}
