using System.Collections.Concurrent;
using NUnit.Framework;

namespace FifoDtls.TestSupport;

/// <summary>
/// Threads that run the actions of a schedule against each other: all begin at one barrier, and then each spins or yields for as long as its seed says. The same threads serve all schedules, so that
/// thousands of them take seconds.
/// </summary>
public sealed class RaceThreads : IDisposable
{
    private readonly Barrier _barrier;
    private readonly BlockingThread[] _threads;
    private readonly ConcurrentQueue<Exception> _failures = [];
    private Action[] _actions = [];
    private int _seed;
    private bool _ended;

    public RaceThreads(int count)
    {
        _barrier = new Barrier(count + 1);
        _threads = [.. Enumerable.Range(0, count).Select(number => BlockingThread.Start($"racer {number}", () => Race(number)))];
    }

    /// <summary>Runs the actions at once, and waits until all have returned.</summary>
    /// <param name="seed">Decides on what each waits.</param>
    /// <param name="limit">Hung actions fail the test.</param>
    /// <param name="actions">No more than there are threads. One that throws fails the test.</param>
    public void Run(int seed, TimeSpan limit, params Action[] actions)
    {
        _actions = actions;
        _seed = seed;
        Meet(limit);
        Meet(limit);
        if (_failures.TryDequeue(out Exception? failure))
        {
            throw new AssertionException($"The schedule of seed {seed}: {failure}", failure);
        }
    }

    public void Dispose()
    {
        _ended = true;
        bool met = _barrier.SignalAndWait(TimeSpan.FromSeconds(5));
        foreach (BlockingThread thread in _threads.Where(_ => met))
        {
            thread.TryJoin(TimeSpan.FromSeconds(5));
        }

        _barrier.Dispose();
    }

    private void Meet(TimeSpan limit)
    {
        if (!_barrier.SignalAndWait(limit))
        {
            throw new AssertionException($"A call hangs; the schedule's seed is {_seed}. Failures: {string.Join(Environment.NewLine, _failures)}");
        }
    }

    private void Race(int number)
    {
        while (true)
        {
            _barrier.SignalAndWait();
            if (_ended)
            {
                return;
            }

            if (number < _actions.Length)
            {
                Act(number);
            }

            _barrier.SignalAndWait();
        }
    }

    private void Act(int number)
    {
        try
        {
            Delay(new Random(unchecked((_seed * 31) + number)));
            _actions[number]();
        }
        catch (Exception exception)
        {
            _failures.Enqueue(exception);
        }
    }

    private static void Delay(Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                break;
            case 1:
                for (int yields = random.Next(4); yields >= 0; yields--)
                {
                    Thread.Yield();
                }

                break;
            default:
                Thread.SpinWait(1 << random.Next(14));
                break;
        }
    }
}
