namespace FifoDtls.Stress;

/// <summary>Tells those that wait for the end of some peer that one has ended. The table has its place free by then.</summary>
internal sealed class EndSignal
{
    private readonly object _gate = new(); // a monitor: guards the number
    private long _ended;

    internal void Note(DtlsPeer peer)
    {
        lock (_gate)
        {
            _ended++;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until the condition holds, which is looked at again whenever a peer has ended.</summary>
    /// <param name="condition">Looked at without a lock; it may take its time.</param>
    /// <returns><see langword="false"/> when the time is up.</returns>
    internal bool Wait(Func<bool> condition, TimeSpan limit)
    {
        long deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        while (true)
        {
            long seen = Interlocked.Read(ref _ended);
            if (condition())
            {
                return true;
            }

            lock (_gate)
            {
                while (_ended == seen)
                {
                    long left = deadline - Environment.TickCount64;
                    if (left <= 0 || !Monitor.Wait(_gate, (int)left))
                    {
                        return false;
                    }
                }
            }
        }
    }
}
