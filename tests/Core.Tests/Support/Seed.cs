namespace FifoDtls.Tests;

/// <summary>Seeds of random tests: printed, and taken back from the environment variable FIFODTLS_SEED.</summary>
internal static class Seed
{
    internal static int Next()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("FIFODTLS_SEED"), out int given) ? given : Random.Shared.Next();
        TestContext.Out.WriteLine($"FIFODTLS_SEED={seed}");
        return seed;
    }
}
