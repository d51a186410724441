using FifoDtls.Interop;

namespace FifoDtls.Tests;

[TestFixture, Platform("Linux")]
internal sealed class MallocArenasTests
{
    private const int Pieces = 16_384;
    private const int Size = 1_000;

    /// <summary>The last piece stays, so the arena can't end before it, and free alone gives nothing back.</summary>
    [Test, CancelAfter(60_000)]
    public void Free_memory_below_a_piece_in_use_is_given_back()
    {
        nint[] pieces = new nint[Pieces];
        for (int i = 0; i < Pieces; i++)
        {
            pieces[i] = LibMalloc.malloc(Size);
        }

        nint[] pages = [.. pieces.Select(piece => piece & -Environment.SystemPageSize).Distinct()];
        foreach (nint piece in pieces.SkipLast(1))
        {
            LibMalloc.free(piece);
        }

        int before = Resident(pages);
        MallocArenas.Trim();
        int after = Resident(pages);
        LibMalloc.free(pieces[^1]);

        // Other threads may have taken some of it meanwhile.
        Assert.That(before, Is.GreaterThan(pages.Length / 2), "what is freed stays with the process");
        Assert.That(after, Is.LessThan(before / 4));
    }

    private static int Resident(nint[] pages) => pages.Sum(page => ResidentPages.Count(page, page + Environment.SystemPageSize));
}
