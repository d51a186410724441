namespace FifoDtls.Interop.Tests;

/// <summary>How long the programs may take for a step before a test fails: far more than they need, for slow machines.</summary>
internal static class Limits
{
    internal static readonly TimeSpan Step = TimeSpan.FromSeconds(20);
}
