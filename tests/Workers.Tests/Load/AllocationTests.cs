namespace FifoDtls.Tests;

/// <summary>The whole way of a datagram: client, socket, reader, FIFO, session thread, and back.</summary>
[NonParallelizable] // what is measured is the whole process
public sealed class AllocationTests
{
    private const int RoundTrips = 20_000;

    [Test, Watchdog(120)]
    public void Twenty_thousand_echoes_allocate_nothing_that_grows_with_them()
    {
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsPeer peer = client.Connect(server.LocalEndPoint);
        EchoClient echo = EchoClient.Of(peer);
        echo.RoundTrips(3_000); // pools fill, methods are compiled

        // A window may catch what others allocate once (the test host, the runtime); what a datagram allocates is in all of them.
        long least = Enumerable.Range(0, 3).Min(_ => Allocated(echo));

        TestContext.Out.WriteLine($"{least} bytes in {RoundTrips} round trips");
        Assert.That(least, Is.LessThan(64 << 10));
    }

    private static long Allocated(EchoClient echo)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = GC.GetTotalAllocatedBytes(precise: true);
        echo.RoundTrips(RoundTrips);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
