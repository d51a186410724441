using FifoDtls.TestSupport;
using FifoVpn.Packets;
using FifoVpn.Tests.Support;

namespace FifoVpn.Tests.Packets;

internal sealed class IcmpRateLimitTests
{
    private const long Second = 1_000_000_000;

    [Test]
    public void A_flood_gets_the_burst_and_then_the_rate()
    {
        TimestampClock clock = new(12345);
        IcmpRateLimit limit = new(perSecond: 100, burst: 50, clock);
        int taken = 0;
        for (long end = clock.Now + (10 * Second); clock.Now < end; clock.Now += Second / 10_000)
        {
            taken += limit.TryTake() ? 1 : 0;
        }

        Assert.That(taken, Is.EqualTo(50 + 999).Within(1));
    }

    [Test]
    public void A_pause_brings_back_the_burst_and_no_more()
    {
        TimestampClock clock = new();
        IcmpRateLimit limit = new(perSecond: 10, burst: 5, clock);
        foreach (long pause in (long[])[0, 3600 * Second])
        {
            clock.Now += pause;
            Assert.That(Enumerable.Range(0, 20).Count(_ => limit.TryTake()), Is.EqualTo(5));
        }

        clock.Now += Second / 5; // two intervals
        Assert.That(Enumerable.Range(0, 20).Count(_ => limit.TryTake()), Is.EqualTo(2));
    }

    [Test]
    [CancelAfter(60_000)]
    public void Threads_together_get_no_more_than_one_alone()
    {
        TimestampClock clock = new();
        IcmpRateLimit limit = new(perSecond: 1000, burst: 10_000, clock);
        int taken = 0;
        BlockingThread[] threads =
        [
            .. Enumerable.Range(0, 4).Select(i => BlockingThread.Start($"taker {i}", () =>
            {
                for (int round = 0; round < 10_000; round++)
                {
                    Interlocked.Add(ref taken, limit.TryTake() ? 1 : 0);
                }
            })),
        ];
        BlockingThread.JoinAll(TimeSpan.FromSeconds(30), threads);

        Assert.That(taken, Is.EqualTo(10_000));
    }

    [TestCase(0, 1)]
    [TestCase(1, 0)]
    [TestCase(1_000_001, 1)]
    public void Numbers_out_of_range_are_refused(int perSecond, int burst) =>
        Assert.That(() => new IcmpRateLimit(perSecond, burst), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
