using System.Diagnostics;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>The timeout of a Receive that names none.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class ReceiveTimeoutTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    [Test]
    public void Receive_waits_as_long_as_it_says_and_the_association_is_as_it_was()
    {
        using DtlsPair pair = DtlsPair.Established();
        Assert.That(pair.Client.ReceiveTimeout, Is.EqualTo(Timeout.InfiniteTimeSpan));
        pair.Client.ReceiveTimeout = Short;
        long start = Stopwatch.GetTimestamp();
        DtlsReceiveResult result = Watchdog.Run(Limits.Watchdog, () => pair.Client.Receive(new byte[10]), "a Receive without a timeout");
        Assert.That(Stopwatch.GetElapsedTime(start), Is.GreaterThanOrEqualTo(Short));
        Assert.That(result, Is.EqualTo(new DtlsReceiveResult(DtlsReceiveStatus.TimedOut, 0)));
        pair.AssertAlive();
    }

    [Test]
    public void Zero_polls()
    {
        using DtlsPair pair = DtlsPair.Established();
        pair.Client.ReceiveTimeout = TimeSpan.Zero;
        Assert.That(Watchdog.Run(Limits.Watchdog, () => pair.Client.Receive(new byte[10]).Status, "a poll"), Is.EqualTo(DtlsReceiveStatus.TimedOut));
    }

    [Test]
    public void A_timeout_that_is_named_goes_before_it()
    {
        using DtlsPair pair = DtlsPair.Established();
        pair.Client.ReceiveTimeout = TimeSpan.Zero;
        BlockingThread<DtlsReceiveResult> receiving = BlockingThread.Start("receiver", () => pair.Client.Receive(new byte[10], Limits.Watchdog));
        receiving.WaitUntilBlocked(Limits.Watchdog);
        pair.Server.Send([1]);
        Assert.That(receiving.Join(Limits.Watchdog).Length, Is.EqualTo(1));
    }

    [Test]
    public void A_negative_one_is_refused_and_changes_nothing()
    {
        using DtlsPair pair = new();
        Assert.That(
            () => pair.Client.ReceiveTimeout = TimeSpan.FromMilliseconds(-2),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains(nameof(DtlsConnection.ReceiveTimeout)));
        Assert.That(pair.Client.ReceiveTimeout, Is.EqualTo(Timeout.InfiniteTimeSpan));
    }
}
