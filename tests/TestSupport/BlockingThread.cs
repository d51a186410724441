using System.Diagnostics;
using System.Runtime.ExceptionServices;
using NUnit.Framework;

namespace FifoDtls.TestSupport;

/// <summary>
/// A named thread that runs blocking code of a test. Its exception is kept and comes out of <see cref="Join"/>: a test that starts a
/// thread must join it.
/// </summary>
public class BlockingThread
{
    private readonly Thread _thread;
    private readonly Action _body;
    private volatile ExceptionDispatchInfo? _failure;
    private volatile int _nativeId;

    private protected BlockingThread(string name, Action body)
    {
        _body = body;
        // Background: a hung thread must not keep the test host alive.
        _thread = new Thread(Execute) { Name = name, IsBackground = true };
    }

    /// <summary>The name under which a failure reports this thread.</summary>
    public string Name => _thread.Name!;

    /// <summary>True until the body has returned or thrown.</summary>
    public bool IsAlive => _thread.IsAlive;

    /// <summary>What the body threw so far, or null.</summary>
    public Exception? Exception => _failure?.SourceException;

    /// <summary>Starts a thread that runs <paramref name="body"/>.</summary>
    public static BlockingThread Start(string name, Action body)
    {
        BlockingThread thread = new(name, body);
        thread.Start();
        return thread;
    }

    /// <summary>Starts a thread that runs <paramref name="body"/> and keeps its result.</summary>
    public static BlockingThread<T> Start<T>(string name, Func<T> body)
    {
        BlockingThread<T> thread = new(name, body);
        thread.Start();
        return thread;
    }

    /// <summary>
    /// Joins all <paramref name="threads"/> within one common <paramref name="limit"/>, then fails naming every thread that hung, or
    /// rethrows the first exception.
    /// </summary>
    public static void JoinAll(TimeSpan limit, params IReadOnlyCollection<BlockingThread> threads)
    {
        long start = Stopwatch.GetTimestamp();
        List<BlockingThread> hung = threads.Where(thread => !thread.TryJoin(limit - Stopwatch.GetElapsedTime(start))).ToList();
        // A thread that died is the likelier cause than those that wait for it.
        foreach (BlockingThread thread in threads)
        {
            thread._failure?.Throw();
        }

        if (hung.Count > 0)
        {
            string names = string.Join(", ", hung.Select(thread => $"'{thread.Name}'"));
            throw new AssertionException($"{hung.Count} of {threads.Count} threads did not end within {limit.TotalSeconds:0.###} s: {names}.");
        }
    }

    /// <summary>Waits for the end; fails the test when <paramref name="limit"/> passes first, rethrows what the body threw.</summary>
    public void Join(TimeSpan limit)
    {
        if (!TryJoin(limit))
        {
            throw new AssertionException($"'{Name}' did not end within {limit.TotalSeconds:0.###} s.");
        }

        _failure?.Throw();
    }

    /// <summary>Waits for the end and returns whether it came within <paramref name="limit"/>; throws nothing of the body's.</summary>
    public bool TryJoin(TimeSpan limit) => _thread.Join(limit > TimeSpan.Zero ? limit : TimeSpan.Zero);

    /// <summary>
    /// Waits until the thread is inside a managed wait (lock, monitor, semaphore, event, join) or waits for datagrams on a FIFO's futex, the state in which a test wants it before
    /// it closes or wakes what it waits for. A thread inside another system call does not count.
    /// </summary>
    public void WaitUntilBlocked(TimeSpan limit) =>
        Eventually.True(
            () => (_thread.ThreadState & System.Threading.ThreadState.WaitSleepJoin) != 0 || FutexWait.Has(_nativeId)
                || (!IsAlive ? throw new AssertionException($"'{Name}' ended instead of waiting: {Exception?.ToString() ?? "it returned"}") : false),
            limit,
            $"'{Name}' waits");

    private void Start() => _thread.Start();

    private void Execute()
    {
        _nativeId = FutexWait.CurrentThread;
        try
        {
            _body();
        }
        catch (Exception fault)
        {
            _failure = ExceptionDispatchInfo.Capture(fault);
        }
    }
}
