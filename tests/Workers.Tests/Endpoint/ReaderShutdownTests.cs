using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

public sealed class ReaderShutdownTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(120)]
    public void Dispose_in_a_flood_of_ClientHellos_is_no_failure_of_the_reader()
    {
        byte[] hello = new HelloBuilder().Build();
        for (int round = 0; round < 40; round++)
        {
            var log = new LogCapture();
            DtlsEndpoint server = TestEndpoints.EchoServer(log);
            using var stranger = new RawClient(server.LocalEndPoint);
            bool done = false;
            BlockingThread flood = BlockingThread.Start("flood", () =>
            {
                while (!Volatile.Read(ref done))
                {
                    stranger.SendRaw(hello);
                }
            });
            Eventually.True(() => server.Statistics.HelloVerifyRequests > 50, Limit, "the flood has begun");

            server.Dispose();

            Volatile.Write(ref done, true);
            flood.Join(Limit);
            Assert.That(log.Of(LogCapture.ReaderFailed), Is.Empty, $"round {round}");
        }
    }
}
