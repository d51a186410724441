namespace FifoVpn.Links;

/// <summary>
/// Packetization-layer path MTU discovery (RFC 8899) for one link: which packets get through in one datagram is found out by probes and their acknowledgements alone, so no
/// forged or missing ICMP message matters. It begins with hope: the largest size is taken for good, and probed at once, as nearly all paths carry it. When the probes of a size are
/// lost while other things get through (so each repetition is to go with a ping), the size is given up, the largest that works is searched for, and afterwards the next larger one is tried again from time to time. The size in use is probed now and then
/// as well, which is how a path that has shrunk is noticed. Not thread-safe: it is the session's. Times are milliseconds of a monotonic clock.
/// </summary>
internal sealed class PathMtuSearch
{
    internal const int ProbesPerSize = 3;

    /// <summary>A search ends when the difference is not worth another probe.</summary>
    internal const int Precision = 16;

    private readonly int _smallest;
    private readonly int _largest;
    private readonly long _probeTimeout;
    private readonly long _confirmInterval;
    private readonly long _raiseInterval;
    private int _good; // known to get through; the smallest is taken for granted
    private int _bad; // known not to, or one more than the largest
    private int _probing; // the size in flight or to be sent, 0: none
    private int _sent; // probes of that size so far
    private bool _confirming; // whether _probing is the size in use, which may not work any more
    private long _lastSent;
    private long _next;
    private long _raiseAt;

    /// <param name="smallest">What every path is taken to carry.</param>
    /// <param name="largest">What the link can carry at most.</param>
    /// <param name="probeTimeout">How long an acknowledgement is waited for.</param>
    /// <param name="confirmInterval">How often the size in use is probed.</param>
    /// <param name="raiseInterval">How often a larger size is tried.</param>
    public PathMtuSearch(int smallest, int largest, TimeSpan probeTimeout, TimeSpan confirmInterval, TimeSpan raiseInterval, long now)
    {
        _largest = largest;
        _smallest = Math.Min(smallest, largest);
        _probeTimeout = (long)probeTimeout.TotalMilliseconds;
        _confirmInterval = (long)confirmInterval.TotalMilliseconds;
        _raiseInterval = (long)raiseInterval.TotalMilliseconds;
        _good = _smallest;
        _bad = largest + 1;
        Current = largest;
        _probing = largest > _smallest ? largest : 0;
        _confirming = true;
        _next = _probing != 0 ? now : long.MaxValue;
        _raiseAt = long.MaxValue;
    }

    /// <summary>The largest packet to send.</summary>
    public int Current { get; private set; }

    /// <summary>When this has to be looked at again.</summary>
    public long Next => _next;

    /// <summary>Whether the size is probed once more: then a ping is to tell a path that is too small from one that is down.</summary>
    public bool IsRepeating => _sent > 1;

    /// <summary>The size to probe now, or 0.</summary>
    /// <param name="lastSign">When something came from the peer last. While nothing comes at all, a lost probe says nothing of its size.</param>
    public int TakeProbe(long now, long lastSign)
    {
        if (now < _next)
        {
            return 0;
        }

        if (_probing == 0)
        {
            Begin(now);
        }
        else if (_sent >= ProbesPerSize && lastSign >= _lastSent)
        {
            GiveUp(now);
        }

        if (_probing == 0)
        {
            return 0;
        }

        _sent++;
        _lastSent = now;
        _next = now + _probeTimeout;
        return _probing;
    }

    /// <summary>A probe of that size has arrived.</summary>
    public void Acknowledged(int size, long now)
    {
        if (size < _good || size > _largest)
        {
            return; // late, and known; or never sent
        }

        _good = size;
        if (size >= _bad)
        {
            _bad = _largest + 1; // it was given up too early, and so may have been the larger ones
        }

        Current = Math.Max(Current, size);
        if (size >= _probing)
        {
            Settle(now);
        }
    }

    /// <summary>The time has come to confirm the size in use, or to try a larger one.</summary>
    private void Begin(long now)
    {
        if (now >= _raiseAt)
        {
            _bad = _largest + 1;
            Search(now);
            return;
        }

        _confirming = true;
        Probe(Current, now);
    }

    /// <summary>All probes of a size were lost.</summary>
    private void GiveUp(long now)
    {
        _bad = _probing;
        if (_confirming)
        {
            _good = _smallest;
            Current = _smallest; // packets that get through, if smaller ones, until the search is done
        }

        Search(now);
    }

    private void Settle(long now)
    {
        _confirming = false;
        Search(now);
    }

    private void Search(long now)
    {
        _confirming = false;
        int room = _bad - _good;
        if (_bad > _largest && _good < _largest)
        {
            Probe(_largest, now); // not known to be too large: however little there is to gain, it is what senders use
        }
        else if (room > Precision)
        {
            Probe(_good + (room / 2), now);
        }
        else
        {
            Rest(now);
        }
    }

    private void Probe(int size, long now)
    {
        _probing = size;
        _sent = 0;
        _next = now;
    }

    private void Rest(long now)
    {
        _probing = 0;
        Current = _good;
        _raiseAt = Current >= _largest ? long.MaxValue : Math.Min(_raiseAt, now + _raiseInterval);
        if (now >= _raiseAt)
        {
            _raiseAt = now + _raiseInterval;
        }

        _next = Current > _smallest ? Math.Min(now + _confirmInterval, _raiseAt) : _raiseAt;
    }
}
