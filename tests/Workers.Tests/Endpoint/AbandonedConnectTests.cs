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

    [Test, Watchdog(120)]
    public void Connects_that_are_cancelled_at_any_moment_leave_nothing_on_this_side()
    {
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using DtlsEndpoint server = TestEndpoints.EchoServer(handshakeTimeout: TestEndpoints.ShortHandshake);
        using DtlsEndpoint client = TestEndpoints.Client();
        int established = 0;
        for (int round = 0; round < 300; round++)
        {
            using var cancellation = new CancellationTokenSource();
            int spins = random.Next(250_000);
            BlockingThread canceller = BlockingThread.Start("canceller", () =>
            {
                Thread.SpinWait(spins);
                cancellation.Cancel();
            });
            established += TryConnect(client, server, cancellation.Token) ? 1 : 0;
            canceller.Join(Limit);
            Eventually.Equal((0, 0), () => (client.Statistics.Peers, client.Statistics.WorkerThreads), Limit, "the client's peers and threads");
        }

        TestContext.Out.WriteLine($"{established} of 300 were established");
    }

    private static bool TryConnect(DtlsEndpoint client, DtlsEndpoint server, CancellationToken cancellationToken)
    {
        try
        {
            using DtlsPeer peer = client.Connect(server.LocalEndPoint, cancellationToken: cancellationToken);
            EchoClient.Of(peer).RoundTrip();
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (DtlsProtocolException)
        {
            return false; // a late answer to the attempt before, from the same address to the same one, has spoilt this handshake
        }
    }
}
