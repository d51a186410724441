namespace FifoVpn.Service;

// The service's loop.
internal sealed partial class NodeService
{
    /// <summary>How often the files with revocation lists are looked at, and the status is told.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private long _nextLook;
    private long _nextSignOfLife;
    private bool _threadHasEnded;

    private void Serve()
    {
        while (!_inbox.IsStopping)
        {
            ServiceRequests requests = _inbox.Take(Tick());
            if (requests.HasFlag(ServiceRequests.Reload))
            {
                Reload();
            }

            if (requests.HasFlag(ServiceRequests.UpdateRoutes))
            {
                UpdateRoutes();
            }
        }
    }

    /// <summary>Does what is due by the clock.</summary>
    /// <returns>How long nothing more is due.</returns>
    private TimeSpan Tick()
    {
        long now = Environment.TickCount64;
        if (now >= _nextLook)
        {
            _nextLook = now + (long)LookInterval.TotalMilliseconds;
            if (_revocationFiles.HaveChanged())
            {
                TryUpdateRevocationLists();
            }

            _manager.Status(Describe());
        }

        if (_manager.WatchdogInterval is not { } interval)
        {
            return TimeSpan.FromMilliseconds(_nextLook - now);
        }

        if (now >= _nextSignOfLife)
        {
            _nextSignOfLife = now + (long)interval.TotalMilliseconds;
            SignOfLife();
        }

        return TimeSpan.FromMilliseconds(Math.Min(_nextLook, _nextSignOfLife) - now);
    }

    private void SignOfLife()
    {
        if (_node.ThreadsAreAlive)
        {
            _manager.SignOfLife();
        }
        else if (!_threadHasEnded && !_inbox.IsStopping)
        {
            _threadHasEnded = true;
            ServiceLogger.ThreadEnded(_logger);
        }
    }

    private string Describe() => FormattableString.Invariant($"{_node.Peers.Count(peer => peer.Link is not null)} of {_node.Peers.Count} peers connected");
}
