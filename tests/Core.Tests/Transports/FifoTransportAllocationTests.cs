using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

[TestFixture, NonParallelizable] // others would take the buffers that this fixture has put into the shared pool
internal sealed class FifoTransportAllocationTests
{
    private const int Rounds = 5_000;

    [Test]
    public void Push_and_Receive_allocate_nothing_on_either_thread_in_steady_state()
    {
        using FifoTransport there = new(static _ => { });
        using FifoTransport back = new(static _ => { });
        // Each side waits for the other's datagram, so that the blocking path is measured and not only the quick one.
        BlockingThread<long> echo = BlockingThread.Start("echo", () => PingPong(receiveFrom: there, pushTo: back, first: false));
        long pushed = Watchdog.Run(Limits.Watchdog, () => PingPong(receiveFrom: back, pushTo: there, first: true), "pusher");
        Assert.That(pushed, Is.Zero);
        Assert.That(echo.Join(Limits.Watchdog), Is.Zero);
    }

    private static long PingPong(FifoTransport receiveFrom, FifoTransport pushTo, bool first)
    {
        byte[] buffer = new byte[1400];
        Exchange(Rounds / 5);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(Rounds);
        return GC.GetAllocatedBytesForCurrentThread() - before;

        void Exchange(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                if (first)
                {
                    pushTo.Push(buffer);
                }

                if (receiveFrom.Receive(buffer, Limits.Watchdog, out int length) != DatagramStatus.Ready || length != buffer.Length)
                {
                    throw new InvalidOperationException("The datagram did not come.");
                }

                if (!first)
                {
                    pushTo.Push(buffer);
                }
            }
        }
    }
}
