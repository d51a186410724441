namespace FifoDtls.Tests;

/// <summary>The limits of blocking tests: they end a hung test, and are never what a test measures.</summary>
internal static class Limits
{
    /// <summary>For everything that takes milliseconds on an idle machine.</summary>
    internal static readonly TimeSpan Watchdog = TimeSpan.FromSeconds(30);

    /// <summary>For tests that wait for several retransmissions or move much data.</summary>
    internal static readonly TimeSpan LongWatchdog = TimeSpan.FromSeconds(90);
}
