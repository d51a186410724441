namespace FifoVpn.Links;

/// <summary>
/// Dead-peer detection: a peer of which nothing came for one keepalive interval is pinged, several times until the second interval is over; then it is dead. Whatever comes
/// from it, data or control, is a sign of life. Not thread-safe: it is the session's. Times are milliseconds of a monotonic clock.
/// </summary>
internal sealed class Liveness(TimeSpan keepalive, long now)
{
    private const int PingsBeforeDeath = 4;

    private readonly long _keepalive = (long)keepalive.TotalMilliseconds;
    private long _lastSign = now;
    private long _nextPing = now + (long)keepalive.TotalMilliseconds;

    /// <summary>When something valid came last.</summary>
    public long LastSign => _lastSign;

    /// <summary>Whether nothing came for two intervals.</summary>
    public bool IsDead(long now) => now - _lastSign >= 2 * _keepalive;

    /// <summary>When this has to be looked at again.</summary>
    public long Next => Math.Min(_nextPing, _lastSign + (2 * _keepalive));

    /// <summary>Something valid came.</summary>
    public void Alive(long now)
    {
        _lastSign = now;
        _nextPing = now + _keepalive;
    }

    /// <summary>Whether to ping now.</summary>
    public bool TakePing(long now)
    {
        if (now < _nextPing)
        {
            return false;
        }

        _nextPing = now + Math.Max(1, _keepalive / PingsBeforeDeath);
        return true;
    }
}
