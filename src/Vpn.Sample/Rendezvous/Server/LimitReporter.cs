namespace FifoVpn.Rendezvous;

/// <summary>Keeps what clients can do as often as they like from filling the log: the first time is told at once, then every ten seconds at most. Thread-safe.</summary>
internal sealed class LimitReporter(TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long _count;
    private long _told;

    /// <summary>It has happened once more.</summary>
    /// <param name="count">How often so far.</param>
    /// <returns>Whether a line is due.</returns>
    public bool Note(out long count)
    {
        lock (_lock)
        {
            count = ++_count;
            long now = clock.GetTimestamp();
            if (count > 1 && clock.GetElapsedTime(_told, now) < Interval)
            {
                return false;
            }

            _told = now;
            return true;
        }
    }
}
