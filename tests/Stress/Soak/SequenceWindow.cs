namespace FifoDtls.Stress;

/// <summary>Which of an association's payloads have come back. For one thread.</summary>
internal sealed class SequenceWindow
{
    private const int Size = 1 << 14;

    private readonly ulong[] _bits = new ulong[Size / 64];
    private long _highest = -1;

    /// <summary>How many have come, each counted once.</summary>
    internal long Distinct { get; private set; }

    /// <summary>Notes a payload.</summary>
    /// <returns>Whether it came before, and whether a later one did.</returns>
    internal (bool Duplicate, bool OutOfOrder) Note(uint sequence)
    {
        bool outOfOrder = sequence < _highest;
        for (; _highest < sequence; _highest++)
        {
            Clear(_highest + 1);
        }

        if (sequence <= _highest - Size)
        {
            return (true, true); // no path is that long: it was counted as lost or received long ago
        }

        ref ulong word = ref _bits[sequence / 64 % _bits.Length];
        ulong bit = 1UL << (int)(sequence % 64);
        bool duplicate = (word & bit) != 0;
        word |= bit;
        Distinct += duplicate ? 0 : 1;
        return (duplicate, outOfOrder);
    }

    private void Clear(long sequence) => _bits[sequence / 64 % _bits.Length] &= ~(1UL << (int)(sequence % 64));
}
