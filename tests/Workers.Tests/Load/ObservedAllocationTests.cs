using System.Diagnostics.Metrics;

namespace FifoDtls.Tests;

/// <summary>The whole way of a datagram again, with every instrument listened to, as by an exporter.</summary>
[NonParallelizable] // what is measured is the whole process
public sealed class ObservedAllocationTests
{
    private const int RoundTrips = 5_000;

    [Test, Watchdog(120)]
    public void To_be_observed_makes_no_datagram_allocate()
    {
        using MeterListener listener = new() { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        listener.Start();
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client();
        using DtlsPeer peer = client.Connect(server.LocalEndPoint);
        EchoClient echo = EchoClient.Of(peer);
        echo.RoundTrips(3_000); // pools fill, methods are compiled

        long least = Enumerable.Range(0, 3).Min(_ => Allocated(echo));

        TestContext.Out.WriteLine($"{least} bytes in {RoundTrips} round trips");
        Assert.That(least, Is.LessThan(RoundTrips * 8), "less than the smallest object for each");
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
