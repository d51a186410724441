using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>
/// What no counter of objects sees, strings and buffers, shows in glibc's heap. The runtime's own needs are there too and jump up and down by megabytes now and then; what is left behind by each cycle is added in every
/// round. So the median growth of a round is what counts.
/// </summary>
[TestFixture, NonParallelizable] // it measures the whole process
internal sealed class NativeHeapTests
{
    private const int Rounds = 7;
    private const int CyclesOfRound = 100;

    private static IEnumerable<NativePath> Alone => NativePaths.All.Where(path => path.IsAlone);

    [TestCaseSource(nameof(Alone)), CancelAfter(120_000)]
    public void The_heap_does_not_grow_with_the_cycles_of(NativePath path) => AssertKeepsNothing(256, path.Run);

    [Test, CancelAfter(120_000)]
    public void The_heap_does_not_grow_with_the_associations()
    {
        // The same two threads for all: threads need the heap too.
        using Barrier meeting = new(2);
        DtlsPair? pair = null;
        BlockingThread server = BlockingThread.Start("server", () =>
        {
            while (meeting.SignalAndWait(Limits.Watchdog) && pair is not null)
            {
                pair.Server.Handshake(Limits.Watchdog);
                meeting.SignalAndWait(Limits.Watchdog);
            }
        });
        AssertKeepsNothing(1_024, () => // a certificate or a buffer is more; the runtime still compiles what is used here
        {
            using (pair = new DtlsPair(recording: false))
            {
                Assert.That(meeting.SignalAndWait(Limits.Watchdog), Is.True);
                pair.Client.Handshake(Limits.Watchdog);
                Assert.That(meeting.SignalAndWait(Limits.Watchdog), Is.True);
                pair.AssertAlive();
            }

            pair = null;
        });
        meeting.SignalAndWait(Limits.Watchdog);
        server.Join(Limits.Watchdog);
    }

    private static void AssertKeepsNothing(int bytesForACycle, Action cycle)
    {
        long[] used = new long[Rounds + 1];
        for (int round = 0; round <= Rounds; round++)
        {
            for (int i = 0; i < CyclesOfRound; i++)
            {
                cycle();
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
            used[round] = NativeMalloc.UsedBytes;
            TestContext.Out.WriteLine($"{used[round]:N0} bytes after {(round + 1) * CyclesOfRound} cycles");
        }

        long[] growths = [.. used.Skip(1).Zip(used, (after, before) => after - before).Order()];
        Assert.That(growths[Rounds / 2], Is.LessThan(CyclesOfRound * bytesForACycle));
    }
}
