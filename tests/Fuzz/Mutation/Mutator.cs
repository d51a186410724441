namespace FifoDtls.Fuzz;

/// <summary>The changes that need no knowledge of the format.</summary>
internal static class Mutator
{
    private static readonly ulong[] Interesting =
    [
        0, 1, 2, 3, 4, 7, 8, 12, 13, 16, 20, 25, 32, 40, 63, 64, 65, 127, 128, 129, 254, 255, 256, 257, 0x3FFF, 0x4000, 0x4001, 0x47FF, 0x4800, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF,
        0x10000, 102_400, 102_401, 0x7FFFFF, 0x800000, 0xFFFFFE, 0xFFFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFFFFFF, ulong.MaxValue,
    ];

    /// <summary>One change at one place.</summary>
    internal static void Change(MutationBuffer buffer, FuzzRandom random, IReadOnlyList<byte[]> corpus)
    {
        int at = random.Below(buffer.Length);
        switch (random.Below(12))
        {
            case 0 or 1 when buffer.Length > 0:
                buffer.Bytes[at] ^= (byte)(1 << random.Below(8));
                break;
            case 2 when buffer.Length > 0:
                buffer.Bytes[at] = (byte)random.Next();
                break;
            case 3 or 4:
                SetNumber(buffer, random, at, 1 + random.Below(4));
                break;
            case 5:
                Fill(buffer.Open(at, Size(random)), random);
                break;
            case 6:
                buffer.Delete(at, Size(random));
                break;
            case 7:
                buffer.Truncate(at);
                break;
            case 8:
                buffer.Insert(random.Below(buffer.Length + 1), Part(buffer.Bytes, random));
                break;
            case 9:
                buffer.Insert(random.Below(buffer.Length + 1), Part(corpus[random.Below(corpus.Count)], random));
                break;
            case 10:
                Overwrite(buffer.Bytes[at..], Part(corpus[random.Below(corpus.Count)], random));
                break;
            default:
                Splice(buffer, random, corpus[random.Below(corpus.Count)], at);
                break;
        }
    }

    /// <summary>Puts in a number at which code decides, or one next to the one that is there.</summary>
    internal static void SetNumber(MutationBuffer buffer, FuzzRandom random, int at, int size) =>
        buffer.Write(at, size, random.Below(4) switch
        {
            0 => buffer.Read(at, size) + 1,
            1 => buffer.Read(at, size) - 1,
            2 => Interesting[random.Below(Interesting.Length)],
            _ => (ulong)random.Below(buffer.Length + 2),
        });

    private static int Size(FuzzRandom random) => 1 + random.Below(random.OneIn(8) ? 512 : 16);

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> bytes, FuzzRandom random)
    {
        int from = random.Below(bytes.Length);
        return bytes.Slice(from, Math.Min(bytes.Length - from, Size(random)));
    }

    private static void Fill(Span<byte> room, FuzzRandom random)
    {
        bool equal = random.OneIn(2);
        byte value = (byte)random.Next();
        for (int i = 0; i < room.Length; i++)
        {
            room[i] = equal ? value : (byte)random.Next();
        }
    }

    private static void Overwrite(Span<byte> bytes, ReadOnlySpan<byte> by) => by[..Math.Min(by.Length, bytes.Length)].CopyTo(bytes);

    // The start of the one and the end of the other.
    private static void Splice(MutationBuffer buffer, FuzzRandom random, ReadOnlySpan<byte> other, int at)
    {
        buffer.Truncate(at);
        buffer.Insert(at, other[random.Below(other.Length)..]);
    }
}
