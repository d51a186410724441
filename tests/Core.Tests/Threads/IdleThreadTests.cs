using System.Runtime.CompilerServices;
using FifoDtls.Interop;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

[TestFixture, Platform("Linux")]
internal sealed unsafe class IdleThreadTests
{
    private const int Deep = 128 << 10;
    private const int Near = 16 << 10; // what the test itself calls

    [Test, CancelAfter(60_000)]
    public void What_only_deeper_calls_have_touched_is_given_back_by_a_thread_that_may([Values] bool allowed)
    {
        int before = 0, after = 0, sum = 0;
        BlockingThread.Start("stack", () =>
        {
            if (allowed)
            {
                IdleThread.Allow();
            }

            sum = Touch();
            before = ResidentBelow();
            IdleThread.GiveBack(afterHandshake: false);
            after = ResidentBelow();
            sum += Touch();
        }).Join(Limits.Watchdog);

        int pages = (Deep - (2 * Near)) / Environment.SystemPageSize;
        Assert.That(before, Is.GreaterThanOrEqualTo(pages), "the pages are resident after the call");
        Assert.That(after, allowed ? Is.Zero : Is.EqualTo(before));
        Assert.That(sum, Is.EqualTo(2 * Deep), "the stack is as good as before");
    }

    [Test, CancelAfter(60_000)]
    public void What_the_allocator_keeps_for_the_thread_is_given_back_too()
    {
        const int size = 504;
        nint[] pieces = new nint[7];
        int again = 0;
        BlockingThread.Start("cache", () =>
        {
            IdleThread.Allow();
            for (int i = 0; i < pieces.Length; i++)
            {
                pieces[i] = LibMalloc.malloc(size);
            }

            foreach (nint piece in pieces)
            {
                LibMalloc.free(piece);
            }

            IdleThread.GiveBack(afterHandshake: true);
            nint next = LibMalloc.malloc(size);
            again = pieces.Contains(next) ? 1 : 0;
            LibMalloc.free(next);
        }).Join(Limits.Watchdog);
        Assert.That(again, Is.Zero, "the thread's cache would have handed out one of the pieces that it got back");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Touch()
    {
        byte* bytes = stackalloc byte[Deep];
        new Span<byte>(bytes, Deep).Fill(1);
        int sum = 0;
        for (int i = 0; i < Deep; i++)
        {
            sum += bytes[i];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int ResidentBelow()
    {
        byte here;
        nint end = ((nint)(&here) - Near) & -Environment.SystemPageSize;
        nint start = (end + (2 * Near) - Deep) & -Environment.SystemPageSize;
        return ResidentPages.Count(start, end);
    }
}
