namespace FifoDtls.TestSupport;

/// <summary>Runs blocking code under a limit, so that a call that never returns fails its test and does not hang the run.</summary>
public static class Watchdog
{
    /// <summary>
    /// Runs <paramref name="body"/> on a thread of its own, and rethrows its exception with the original stack. When it has not ended within
    /// <paramref name="limit"/> the test fails with <paramref name="what"/>; the hung thread is a background thread and is left behind.
    /// </summary>
    public static void Run(TimeSpan limit, Action body, string what) => BlockingThread.Start(what, body).Join(limit);

    /// <summary>The same as <see cref="Run(TimeSpan, Action, string)"/>, for a body with a result.</summary>
    public static T Run<T>(TimeSpan limit, Func<T> body, string what) => BlockingThread.Start(what, body).Join(limit);
}
