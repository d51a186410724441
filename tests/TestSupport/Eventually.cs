using System.Diagnostics;
using NUnit.Framework;

namespace FifoDtls.TestSupport;

/// <summary>
/// Waits for a condition that nothing announces (a counter, a log line, an operating system's state). This is the only place where tests
/// poll; whatever can be waited for is waited for.
/// </summary>
public static class Eventually
{
    private const int PollMilliseconds = 5;

    /// <summary>Returns as soon as <paramref name="condition"/> holds; fails naming <paramref name="what"/> after <paramref name="limit"/>.</summary>
    public static void True(Func<bool> condition, TimeSpan limit, string what)
    {
        if (!Poll(condition, limit))
        {
            throw new AssertionException($"Not within {limit.TotalSeconds:0.###} s: {what}.");
        }
    }

    /// <summary>
    /// Returns as soon as <paramref name="actual"/> yields <paramref name="expected"/>; otherwise fails naming <paramref name="what"/> and the
    /// last value seen.
    /// </summary>
    public static void Equal<T>(T expected, Func<T> actual, TimeSpan limit, string what)
    {
        T? last = default;
        if (!Poll(() => EqualityComparer<T>.Default.Equals(expected, last = actual()), limit))
        {
            throw new AssertionException($"Not within {limit.TotalSeconds:0.###} s: {what} is {expected}; it is {last}.");
        }
    }

    private static bool Poll(Func<bool> condition, TimeSpan limit)
    {
        object monitor = new();
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            // Looked at once more after the limit: a loaded machine may have spent all of it outside this thread.
            bool last = Stopwatch.GetElapsedTime(start) >= limit;
            if (condition())
            {
                return true;
            }

            if (last)
            {
                return false;
            }

            lock (monitor)
            {
                Monitor.Wait(monitor, PollMilliseconds);
            }
        }
    }
}
