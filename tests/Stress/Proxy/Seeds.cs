namespace FifoDtls.Stress;

/// <summary>Generators that depend on the seed and on what they are for, and on nothing else.</summary>
internal static class Seeds
{
    internal static Random Random(int seed, int purpose, int a, int b = 0)
    {
        ulong mixed = Mix(Mix(Mix((uint)seed + 1UL) + (uint)purpose) + (uint)a) + (uint)b;
        return new Random((int)(Mix(mixed) & int.MaxValue));
    }

    // The finaliser of splitmix64, which spreads neighbouring numbers.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
