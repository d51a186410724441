using System.Diagnostics;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>A timeout is kept when every thread of the pool is busy: no blocking wait goes through it.</summary>
[TestFixture, NonParallelizable] // it takes the process's only thread pool
internal sealed class SaturatedThreadPoolTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    [Test]
    public void FifoTransport_keeps_its_timeout_while_the_pool_is_blocked()
    {
        using FifoTransport fifo = new(static _ => { });
        using SaturatedThreadPool pool = new();
        AssertKept(pool, () => Assert.That(fifo.Receive(new byte[1], Wait, out _), Is.EqualTo(DatagramStatus.None)));
    }

    [Test]
    public void DtlsConnection_keeps_its_receive_timeout_while_the_pool_is_blocked()
    {
        using DtlsPair pair = DtlsPair.Established();
        using SaturatedThreadPool pool = new();
        AssertKept(pool, () => Assert.That(pair.Client.Receive(new byte[100], Wait).Status, Is.EqualTo(DtlsReceiveStatus.TimedOut)));
    }

    [Test]
    public void DtlsConnection_keeps_its_handshake_timeout_while_the_pool_is_blocked()
    {
        using DtlsPair pair = new();
        using SaturatedThreadPool pool = new();
        AssertKept(pool, () => Assert.That(() => pair.Client.Handshake(Wait), Throws.InstanceOf<TimeoutException>()));
    }

    [Test]
    public void A_whole_handshake_and_an_echo_need_no_thread_of_the_pool()
    {
        using SaturatedThreadPool pool = new();
        using DtlsPair pair = DtlsPair.Established();
        pair.AssertAlive();
        Assert.That(pool.IsSaturated, Is.True);
    }

    private static void AssertKept(SaturatedThreadPool pool, Action wait)
    {
        TimeSpan elapsed = Watchdog.Run(
            Limits.Watchdog,
            () =>
            {
                long start = Stopwatch.GetTimestamp();
                wait();
                return Stopwatch.GetElapsedTime(start);
            },
            "a wait with a timeout");
        Assert.That(elapsed, Is.InRange(Wait, Bound));
        Assert.That(pool.IsSaturated, Is.True, "the pool was blocked all the while");
    }
}
