using Microsoft.Extensions.Logging;

namespace FifoDtls;

/// <summary>
/// Dedicated threads for peers. Starting a thread costs more than a handshake, so a finished one parks and is used again;
/// how many park, and for how long, is bounded. The last to park is the first to be used, so those that nobody needs end. Thread-safe.
/// </summary>
internal sealed class WorkerThreads : IDisposable
{
    /// <summary>How many threads fewer than there were are few enough to give free memory back.</summary>
    private const int ManyThreads = 64;

    [ThreadStatic]
    private static WorkerThreads? CurrentPool;

    private readonly object _gate = new(); // a monitor: guards all fields below
    private readonly LinkedList<(Action Work, Action? Refused)> _waiting = new(); // empty while a thread is parked
    private readonly LinkedList<ParkedThread> _parked = new();
    private readonly int _stackSize;
    private readonly int _maxParked;
    private readonly TimeSpan _parkingTime;
    private readonly ILogger _logger;
    private int _threads;
    private int _mostThreads; // since free memory was given back last
    private bool _starting;
    private bool _disposed;

    internal WorkerThreads(int stackSize, int maxParked, TimeSpan parkingTime, ILogger logger)
    {
        _stackSize = stackSize;
        _maxParked = maxParked;
        _parkingTime = parkingTime;
        _logger = logger;
    }

    /// <summary>How a thread is started; tests let it fail.</summary>
    internal Action<Thread> Start { private get; init; } = static thread => thread.Start();

    /// <summary>
    /// Whether a new thread that takes work starts a spare one, which parks, when no other is parked and more than one may be. So the caller finds a thread ready while peers that stay come
    /// one after the other: to start one keeps it for up to a millisecond. Default: no.
    /// </summary>
    internal bool KeepsSpare { private get; init; }

    /// <summary>How the memory that many threads have used is given back to the system, once few of them are left and the time of a parked one is up; tests count it.</summary>
    internal Action Trim { private get; init; } = MallocArenas.Trim;

    /// <summary>Threads alive now: working or parked.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _threads;
            }
        }
    }

    /// <summary>
    /// Gives work a thread of its own. The caller, which may be a socket's reader, starts at most one thread, and none when one is parked: in a burst, each new thread starts the next.
    /// </summary>
    /// <param name="work">Must not throw.</param>
    /// <param name="refused">Called, on any thread, when after all no thread can be had for the work. Must not throw.</param>
    /// <returns><see langword="false"/> when the work will not be done: disposed, or the system gives no more threads.</returns>
    internal bool TryRun(Action work, Action? refused = null)
    {
        LinkedListNode<(Action, Action?)> node;
        bool start;
        lock (_gate)
        {
            if (_disposed)
            {
                return false;
            }

            if (_parked.Last is { } parked)
            {
                _parked.RemoveLast();
                parked.Value.Wake(work);
                return true;
            }

            node = _waiting.AddLast((work, refused));
            start = MayStart(missing: true);
        }

        if (!start || TryStartThread())
        {
            return true;
        }

        bool takenBack = TryTakeBack(node);
        RefuseWaiting();
        return !takenBack;
    }

    /// <summary>Ends parked threads; those at work end with it. What waits for a thread is still done.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (ParkedThread parked in _parked)
            {
                parked.Wake(work: null);
            }

            _parked.Clear();
        }
    }

    /// <summary>Waits until all threads have ended, after disposal; the calling one is not waited for, if it is one of them.</summary>
    internal bool WaitForEnd(Deadline deadline)
    {
        int own = CurrentPool == this ? 1 : 0;
        lock (_gate)
        {
            while (_threads > own && !deadline.HasPassed)
            {
                Monitor.Wait(_gate, deadline.RemainingMilliseconds);
            }

            return _threads <= own;
        }
    }

    /// <summary>Whether the calling thread is to start one that is missing: one at a time is started.</summary>
    private bool MayStart(bool missing)
    {
        if (_starting || !missing)
        {
            return false;
        }

        _starting = true;
        _threads++;
        _mostThreads = Math.Max(_mostThreads, _threads);
        return true;
    }

    private bool TryStartThread()
    {
        try
        {
            Start(new Thread(Loop, _stackSize) { IsBackground = true, Name = "dtls-worker" });
            return true;
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            int threads;
            lock (_gate)
            {
                _starting = false;
                threads = --_threads;
            }

            WorkersLogger.ThreadNotStarted(_logger, threads, exception);
            return false;
        }
    }

    /// <summary>Whether the work was still waiting, and now does no more.</summary>
    private bool TryTakeBack(LinkedListNode<(Action, Action?)> node)
    {
        lock (_gate)
        {
            if (node.List is null)
            {
                return false;
            }

            _waiting.Remove(node);
            return true;
        }
    }

    // No thread could be started: what waits for one must not wait until some session ends, which may be never.
    private void RefuseWaiting()
    {
        List<Action?> refused = [];
        lock (_gate)
        {
            while (_waiting.Last is { } last)
            {
                refused.Add(last.Value.Refused);
                _waiting.RemoveLast();
            }
        }

        refused.ForEach(tell => tell?.Invoke());
    }

    private void Loop()
    {
        CurrentPool = this;
        IdleThread.Allow();
        bool isNew = true;
        while (TakeWork(isNew, out bool startNext) is { } work)
        {
            isNew = false;
            if (startNext && !TryStartThread())
            {
                RefuseWaiting();
            }

            work();
        }

        TrimIfFewAreLeft();
        lock (_gate)
        {
            _threads--;
            Monitor.PulseAll(_gate); // only WaitForEnd waits here
        }
    }

    // It takes all arenas' locks in turn, for a second and more where thousands of threads are at work. So it is done when more than half of the threads there were are gone. A thread that finds no
    // place to park ends in the middle of a burst, when others will need the memory at once; one whose time is up is not missed.
    private void TrimIfFewAreLeft()
    {
        lock (_gate)
        {
            int gone = _mostThreads - _threads;
            if (gone < ManyThreads || gone < _threads || _parked.Count >= _maxParked || _disposed)
            {
                return;
            }

            _mostThreads = _threads;
        }

        Trim();
    }

    /// <returns>The next work, or <see langword="null"/> when the thread is to end.</returns>
    private Action? TakeWork(bool isNew, out bool startNext)
    {
        LinkedListNode<ParkedThread>? parked = null;
        Action? work = null;
        startNext = false;
        lock (_gate)
        {
            if (isNew)
            {
                _starting = false;
            }

            if (_waiting.First is { } next)
            {
                _waiting.RemoveFirst();
                work = next.Value.Work;
            }
            else if (!_disposed && _parked.Count < _maxParked)
            {
                parked = _parked.AddLast(new ParkedThread());
            }
        }

        if (parked is not null)
        {
            work = Park(parked);
        }

        if (work is null)
        {
            return null;
        }

        lock (_gate)
        {
            bool spareIsMissing = KeepsSpare && isNew && _parked.Count == 0 && _maxParked > 1 && !_disposed;
            startNext = MayStart(_waiting.Count > 0 || spareIsMissing);
        }

        return work;
    }

    private Action? Park(LinkedListNode<ParkedThread> node)
    {
        Thread.CurrentThread.Name = "dtls-parked";
        if (node.Value.Wait(_parkingTime, out Action? work))
        {
            return work;
        }

        lock (_gate)
        {
            if (node.List is not null)
            {
                _parked.Remove(node);
                return null;
            }
        }

        node.Value.Wait(Timeout.InfiniteTimeSpan, out work); // woken just when its time was up
        return work;
    }

    /// <summary>A thread that waits for work; whoever takes it out of the list wakes it.</summary>
    private sealed class ParkedThread
    {
        private Action? _work; // both guarded by this object's monitor
        private bool _woken;

        /// <param name="work"><see langword="null"/> if it is to end.</param>
        internal void Wake(Action? work)
        {
            lock (this)
            {
                _work = work;
                _woken = true;
                Monitor.Pulse(this);
            }
        }

        /// <returns>Whether it was woken within the limit.</returns>
        internal bool Wait(TimeSpan limit, out Action? work)
        {
            Deadline deadline = Deadline.After(limit);
            lock (this)
            {
                while (!_woken && !deadline.HasPassed)
                {
                    Monitor.Wait(this, deadline.RemainingMilliseconds);
                }

                work = _work;
                return _woken;
            }
        }
    }
}
