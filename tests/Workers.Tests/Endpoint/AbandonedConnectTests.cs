using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

public sealed class AbandonedConnectTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(60)]
    public void A_Connect_that_is_cancelled_while_it_is_established_ends_after_it_has_been()
    {
        using var establishing = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var log = new LogCapture
        {
            Logging = id =>
            {
                if (id == LogCapture.Established)
                {
                    establishing.Set();
                    release.Wait(Limit);
                }
            },
        };
        using DtlsEndpoint server = TestEndpoints.EchoServer();
        using DtlsEndpoint client = TestEndpoints.Client(log: log);
        using var cancellation = new CancellationTokenSource();
        BlockingThread connector = BlockingThread.Start("connector", () => client.Connect(server.LocalEndPoint, cancellationToken: cancellation.Token));
        Assert.That(establishing.Wait(Limit), Is.True);

        cancellation.Cancel();

        Assert.That(() => connector.Join(Limit), Throws.InstanceOf<OperationCanceledException>());
        release.Set();
        Eventually.Equal(1, () => log.Of(LogCapture.Ended).Count, Limit, "the lines of the end");
        int[] order = [.. log.Lines.Select(line => line.EventId).Where(id => id is LogCapture.Established or LogCapture.Ended)];
        Assert.That(order, Is.EqualTo(new[] { LogCapture.Established, LogCapture.Ended }));
        Assert.That(client.Statistics.Peers, Is.Zero);
    }
}
