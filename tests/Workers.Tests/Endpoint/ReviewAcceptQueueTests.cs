using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

public sealed class ReviewAcceptQueueTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    /// <summary>The one wake-up for a peer may reach an acceptor that has just been cancelled; another that waits must not miss the peer.</summary>
    [Test, Watchdog(120)]
    public void A_peer_is_not_lost_between_a_cancelled_acceptor_and_a_waiting_one()
    {
        var peer = new DtlsPeer(null!, TestEndpoints.Loopback.Serialize(), null!, null, null); // only handed on
        var queue = new AcceptQueue(10);
        using var cancellation = new CancellationTokenSource();
        int taken = 0;
        Thread cancelled = Acceptor(queue, cancellation.Token, () => Interlocked.Increment(ref taken));
        Thread waiting = Acceptor(queue, CancellationToken.None, () => Interlocked.Increment(ref taken));

        // Registered last, it runs first: the token is cancelled by now, and the acceptor's own callback has not run yet.
        using CancellationTokenRegistration first = cancellation.Token.Register(() =>
        {
            queue.TryAdd(peer); // wakes the one that has waited longest
            cancelled.Join(Limit);
        });
        cancellation.Cancel();

        Eventually.Equal(1, () => Volatile.Read(ref taken), TimeSpan.FromSeconds(10), "the peers that were taken");
        queue.Close();
        Assert.That(waiting.Join(Limit), Is.True);
    }

    private static Thread Acceptor(AcceptQueue queue, CancellationToken cancellationToken, Action took)
    {
        var thread = new Thread(() =>
        {
            try
            {
                if (queue.TryTake(Deadline.Never, cancellationToken, out _))
                {
                    took();
                }
            }
            catch (OperationCanceledException)
            {
                // It has not taken anything; whether another has is the test.
            }
        }) { IsBackground = true };
        thread.Start();
        Eventually.True(() => (thread.ThreadState & ThreadState.WaitSleepJoin) != 0, Limit, "the acceptor waits");
        return thread;
    }
}
