using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

[TestFixture, NonParallelizable] // others would take the buffers that this fixture has put into the shared pool
internal sealed class ConnectionAllocationTests
{
    private const int Rounds = 3_000;

    [Test]
    public void Send_and_Receive_allocate_nothing_on_either_thread_in_steady_state()
    {
        using DtlsPair pair = DtlsPair.Established(recording: false);
        BlockingThread<long> echo = BlockingThread.Start("echo", () => Measure(pair.Server, first: false));
        long asking = Watchdog.Run(Limits.Watchdog, () => Measure(pair.Client, first: true), "asker");
        Assert.That(asking, Is.Zero, "bytes allocated by the asking side");
        Assert.That(echo.Join(Limits.Watchdog), Is.Zero, "bytes allocated by the echoing side");
    }

    [Test]
    public void Timeouts_polls_and_invalid_datagrams_allocate_nothing()
    {
        using DtlsPair pair = DtlsPair.Established(recording: false);
        byte[] buffer = new byte[1400];
        byte[] forged = Tests.Records.Make(DtlsRecord.ApplicationData, 1, 1000, new byte[50]);
        Poll(100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Poll(1000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Poll(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                pair.Link.ToClient.Deliver(forged);
                pair.Link.ToClient.Deliver(buffer);
                _ = pair.Client.TryReceive(buffer.AsSpan(0, 100), out _);
            }
        }
    }

    private static long Measure(DtlsConnection connection, bool first)
    {
        byte[] buffer = new byte[1200];
        Exchange(Rounds / 3);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(Rounds);
        return GC.GetAllocatedBytesForCurrentThread() - before;

        void Exchange(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                if (first)
                {
                    connection.Send(buffer);
                }

                if (connection.Receive(buffer, Limits.Watchdog).Length != buffer.Length)
                {
                    throw new InvalidOperationException("The payload did not come.");
                }

                if (!first)
                {
                    connection.Send(buffer);
                }
            }
        }
    }
}
