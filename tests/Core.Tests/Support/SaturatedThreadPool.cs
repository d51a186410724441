using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Keeps every thread of the thread pool blocked, and more work queued than the pool would add threads for, until disposed.</summary>
internal sealed class SaturatedThreadPool : IDisposable
{
    // The pool adds one or two threads a second beyond its minimum.
    private const int Surplus = 64;

    private readonly ManualResetEventSlim _release = new();
    private readonly CountdownEvent _running;
    private readonly int _items;
    private int _ended;

    internal SaturatedThreadPool()
    {
        ThreadPool.GetMinThreads(out int minimum, out _);
        _running = new CountdownEvent(minimum);
        _items = Math.Max(minimum, ThreadPool.ThreadCount) + Surplus;
        for (int i = 0; i < _items; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static pool => pool.Block(), this, preferLocal: false);
        }

        Assert.That(_running.Wait(Limits.Watchdog), Is.True, "the pool's threads are blocked");
    }

    /// <summary>Whether no blocked item has been let go.</summary>
    internal bool IsSaturated => !_release.IsSet && Volatile.Read(ref _ended) == 0;

    public void Dispose()
    {
        _release.Set();
        Eventually.Equal(_items, () => Volatile.Read(ref _ended), Limits.LongWatchdog, "the number of work items that ended");
        _release.Dispose();
        _running.Dispose();
    }

    private void Block()
    {
        lock (_running)
        {
            if (!_running.IsSet)
            {
                _running.Signal();
            }
        }

        _release.Wait();
        Interlocked.Increment(ref _ended);
    }
}
