namespace FifoVpn.Service;

/// <summary>Where signals and the node's threads leave word for the one thread that does the service's work. Thread-safe; posting never waits for the work.</summary>
internal sealed class ServiceInbox
{
    private readonly object _gate = new(); // a monitor: Wait and Pulse are needed
    private ServiceRequests _requests;
    private bool _stopping;

    /// <summary>Whether <see cref="ServiceRequests.Stop"/> was ever posted.</summary>
    public bool IsStopping
    {
        get
        {
            lock (_gate)
            {
                return _stopping;
            }
        }
    }

    public void Post(ServiceRequests requests)
    {
        lock (_gate)
        {
            _requests |= requests;
            _stopping |= requests.HasFlag(ServiceRequests.Stop);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for requests and takes all that there are; none when the time is up.</summary>
    public ServiceRequests Take(TimeSpan limit)
    {
        lock (_gate)
        {
            // One wait: a spurious end of it is a turn of the service's loop with nothing to do.
            if (_requests == ServiceRequests.None && limit > TimeSpan.Zero)
            {
                Monitor.Wait(_gate, limit);
            }

            ServiceRequests taken = _requests;
            _requests = ServiceRequests.None;
            return taken;
        }
    }
}
