namespace FifoDtls.Fuzz;

/// <summary>SplitMix64: the same numbers from the same seed in every version of .NET, and cheap to start anew for each input.</summary>
internal sealed class FuzzRandom
{
    private ulong _state;

    internal void Restart(ulong seed) => _state = seed;

    /// <summary>The seed of one input of a run: far apart for neighbours, so that two runs share none.</summary>
    internal static ulong SeedOf(ulong run, long number) => Mix(Mix(run) + (ulong)number);

    internal ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        return Mix(_state);
    }

    /// <summary>0 to <paramref name="bound"/> - 1; 0 for a bound below 1.</summary>
    internal int Below(int bound) => bound < 1 ? 0 : (int)((Next() >> 33) % (uint)bound);

    internal bool OneIn(int n) => Below(n) == 0;

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
