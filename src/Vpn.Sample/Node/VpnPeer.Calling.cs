using System.Net;
using FifoVpn.Control;
using FifoVpn.Links;
using FifoVpn.Rendezvous;

namespace FifoVpn.Node;

// What the peer's caller waits for.
internal sealed partial class VpnPeer
{
    private Introduction? _introduction;
    private bool _mayKnowBetter;

    /// <summary>Tells a rendezvous server's word that the peer is calling, or will be called, and where it is.</summary>
    public void Introduce(Introduction introduction)
    {
        lock (_gate)
        {
            _introduction = introduction;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>The last introduction that no call has used yet, or null.</summary>
    public Introduction? TakeIntroduction()
    {
        lock (_gate)
        {
            (Introduction? taken, _introduction) = (_introduction, null);
            return taken;
        }
    }

    /// <summary>
    /// Waits until there is a reason to call: the peer is to be connected always and is not, or packets wait for it, or it was introduced, or the link is relayed
    /// and it is time to try the direct way again.
    /// </summary>
    /// <returns><see langword="false"/> once the peer is stopped.</returns>
    public bool WaitUntilToBeCalled(TimeSpan directRetry)
    {
        long retryAt = Environment.TickCount64 + (long)directRetry.TotalMilliseconds;
        lock (_gate)
        {
            while (!_stopped && !IsToBeCalled(retryAt, out int wait))
            {
                Monitor.Wait(_gate, wait);
            }

            _mayKnowBetter = false;
            return !_stopped;
        }
    }

    /// <summary>Waits until the peer is connected, or the time is up.</summary>
    /// <returns>Whether it is connected.</returns>
    public bool WaitUntilConnected(TimeSpan limit) => Wait(limit, () => _link is not null) && _link is not null;

    /// <summary>Waits until one of the attempts has led to a link as wanted, or all have failed, or an introduction names another place, or the time is up.</summary>
    /// <param name="places">Where the attempts go.</param>
    /// <returns>Whether there is such a link.</returns>
    public bool WaitUntilCalled(IReadOnlyList<CallAttempt> attempts, IReadOnlyList<IPEndPoint> places, bool direct, TimeSpan limit)
    {
        Wait(limit, () => HasLink(direct) || attempts.All(attempt => attempt.HasEnded) || IsNews(_introduction, places));
        return HasLink(direct);
    }

    /// <summary>Whether an introduction names a place that is not among those that are tried: the peer has moved.</summary>
    public static bool IsNews(Introduction? introduction, IReadOnlyList<IPEndPoint> places) => introduction is not null && !places.Contains(introduction.Message.PublicEndPoint);

    /// <summary>Whether such an introduction has come.</summary>
    public bool HasNews(IReadOnlyList<IPEndPoint> places)
    {
        lock (_gate)
        {
            return IsNews(_introduction, places);
        }
    }

    /// <summary>Waits until the peer is connected directly, or the time is up.</summary>
    /// <returns>Whether it is.</returns>
    public bool WaitUntilDirect(TimeSpan limit) => Wait(limit, () => HasLink(direct: true)) && HasLink(direct: true);

    /// <summary>Waits until the link has ended, or the time is up.</summary>
    public void WaitUntilEnded(PeerLink link, TimeSpan limit) => Wait(limit, () => !_links.Contains(link));

    /// <summary>Whether the link is one of the peer's.</summary>
    public bool IsAttached(PeerLink link)
    {
        lock (_gate)
        {
            return _links.Contains(link);
        }
    }

    /// <summary>Waits before the next call; a link, an introduction, a rendezvous server that is back, or the end is worth no further wait.</summary>
    public void Pause(TimeSpan limit) => Wait(limit, () => _link is not null || _introduction is not null || _mayKnowBetter);

    /// <summary>A rendezvous server can be asked now that could not be asked before.</summary>
    public void MayBeFound()
    {
        lock (_gate)
        {
            _mayKnowBetter = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Nobody can be reached: what waits for the peer is dropped.</summary>
    public void DropPending()
    {
        lock (_gate)
        {
            if (_link is not null)
            {
                return;
            }

            for (int count = _pending.Clear(); count > 0; count--)
            {
                Counters.CountDrop(DropReason.NotConnected);
            }

            _hasPending = false;
        }
    }

    /// <summary>An attempt has ended.</summary>
    public void AttemptEnded() => Pulse();

    private bool HasLink(bool direct) => _link is { } link && !(direct && link.IsRelayed);

    private bool IsToBeCalled(long retryAt, out int wait)
    {
        wait = Timeout.Infinite;
        if (_link is not { } link)
        {
            return CanBeCalled && (Config.Persistent || _pending.Count > 0 || _introduction is not null);
        }

        if (!link.IsRelayed)
        {
            return false;
        }

        long left = retryAt - Environment.TickCount64;
        wait = (int)Math.Clamp(left, 0, int.MaxValue);
        return left <= 0 || _introduction is not null;
    }

    private bool Wait(TimeSpan limit, Func<bool> isOver)
    {
        long deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        lock (_gate)
        {
            while (!_stopped && !isOver())
            {
                long left = deadline - Environment.TickCount64;
                if (left <= 0)
                {
                    return false;
                }

                Monitor.Wait(_gate, (int)Math.Min(left, int.MaxValue));
            }

            return !_stopped;
        }
    }
}
