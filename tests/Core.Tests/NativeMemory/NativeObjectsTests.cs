using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Whatever becomes of an association, no object of libssl or libcrypto is left of it.</summary>
[TestFixture, NonParallelizable] // it counts those of the whole process
internal sealed class NativeObjectsTests
{
    private const int Threads = 8;
    private const int CyclesOfThread = 5; // of 27 ways on 8 threads: more than a thousand

    private static IEnumerable<NativePath> Paths => NativePaths.All;

    [TestCaseSource(nameof(Paths)), CancelAfter(120_000)]
    public void Nothing_is_left_of(NativePath path)
    {
        path.Run(); // makes what is made once and kept
        using NativeObjects objects = new();
        Walk(path); // on threads that end, so that no stack slot keeps anything
        Assert.That(NativeObjects.Made, Is.GreaterThanOrEqualTo(Threads * CyclesOfThread), "objects that were made");
        Assert.That(NativeObjects.Living, Is.Empty, "objects that live on");
    }

    [Test, CancelAfter(120_000)]
    public void An_object_that_lives_on_is_seen()
    {
        using NativeObjects objects = new();
        using DtlsPair pair = new();
        Dictionary<string, int> living = NativeObjects.Living;
        Assert.That((living[NativeObjects.Ssl], living["BIO"]), Is.EqualTo((2, 2)));
    }

    [Test, CancelAfter(120_000)]
    public void Nothing_is_left_of_two_hundred_associations([Values] bool tickets)
    {
        using NativeObjects objects = new();
        Associate(tickets);
        Assert.That(NativeObjects.Made, Is.GreaterThan(400 + 2), "objects that were made");
        Assert.That(NativeObjects.Living, Is.Empty, "objects that live on");
    }

    private static void Walk(NativePath path) =>
        BlockingThread.JoinAll(Limits.LongWatchdog, [.. Enumerable.Range(0, Threads).Select(number => BlockingThread.Start(
            $"{path} {number}",
            () =>
            {
                for (int cycle = 0; cycle < CyclesOfThread; cycle++)
                {
                    path.Run();
                }
            }))]);

    private static void Associate(bool tickets)
    {
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = tickets ? Tickets.Server(new DtlsTicketOptions()) : Tickets.Client(certificate: TestPki.Server);
        DtlsSession? session = null;
        int resumed = 0;
        for (int i = 0; i < 200; i++)
        {
            using DtlsPair pair = Tickets.Pair(client, server, i % 4 == 0 ? null : session);
            pair.Handshake();
            pair.Server.BuffersKept = TimeSpan.FromTicks(1);
            pair.AssertAlive();
            _ = pair.Server.Receive(new byte[1], TimeSpan.FromMilliseconds(1)); // idles, and gives its buffers back
            session?.Dispose();
            session = pair.Client.ExportSession()!;
            resumed += pair.Server.Negotiated!.WasResumed ? 1 : 0;
        }

        session!.Dispose();
        Assert.That((resumed, Tickets.Cached(server)), Is.EqualTo((150, tickets ? 0 : 50)));
        Dictionary<string, int> living = NativeObjects.Living;
        Assert.That(
            (living.GetValueOrDefault(NativeObjects.Ssl), living[NativeObjects.SslContext], living.GetValueOrDefault(NativeObjects.SslSession)),
            Is.EqualTo((0, 2, tickets ? 0 : 50)),
            "what lives on until the contexts go: they themselves, and the cache");
    }
}
