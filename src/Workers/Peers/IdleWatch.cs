namespace FifoDtls;

/// <summary>
/// Ends the peers that have been silent for too long: one thread for all peers of an endpoint, which looks at their counters several times per idle time. So
/// the receiving threads pay nothing for it, and peers that nobody receives from end too.
/// </summary>
internal sealed class IdleWatch : IDisposable
{
    private const int LooksPerTimeout = 8;

    private readonly object _gate = new(); // a monitor: guards _disposed and the wait
    private readonly TimeSpan _timeout;
    private readonly PeerTable _peers;
    private bool _disposed;

    private IdleWatch(TimeSpan timeout, PeerTable peers)
    {
        _timeout = timeout;
        _peers = peers;
    }

    /// <summary>Starts to watch, unless peers may be silent for ever.</summary>
    internal static IdleWatch? StartIfWanted(TimeSpan timeout, PeerTable peers)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return null;
        }

        var watch = new IdleWatch(timeout, peers);
        new Thread(watch.Run, maxStackSize: 256 << 10) { IsBackground = true, Name = "dtls-idle" }.Start();
        return watch;
    }

    /// <summary>Ends the watch. Does not wait for its thread, which may be telling a peer's end.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Run()
    {
        while (WaitForNextLook())
        {
            _peers.ForEach(static (peer, timeout) => peer.EndIfIdle(timeout), _timeout);
        }
    }

    private bool WaitForNextLook()
    {
        Deadline next = Deadline.After(_timeout / LooksPerTimeout);
        lock (_gate)
        {
            while (!_disposed && !next.HasPassed)
            {
                Monitor.Wait(_gate, next.RemainingMilliseconds);
            }

            return !_disposed;
        }
    }
}
