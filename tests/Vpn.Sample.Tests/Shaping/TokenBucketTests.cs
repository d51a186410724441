using FifoVpn.Shaping;
using FifoVpn.Tests.Packets;

namespace FifoVpn.Tests.Shaping;

internal sealed class TokenBucketTests
{
    private const long Second = 1_000_000_000;

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(333_333)]
    [TestCase(12_500_000)]
    [TestCase(999_999_999_999)]
    public void Who_comes_back_when_told_gets_the_rate_to_the_byte(long rate)
    {
        Random random = Checked.Seeded();
        long burst = Math.Clamp(rate / 20, 100, long.MaxValue / Second);
        long now = random.NextInt64(1L << 60);
        long start = now;
        var bucket = new TokenBucket(rate, burst, now, Second);
        Int128 taken = 0;
        for (int i = 0; i < 20_000; i++)
        {
            // Well below the burst: what a full bucket can't hold would be lost.
            int bytes = random.Next(1, (int)Math.Min(burst / 2, 65_535) + 1);
            if (!bucket.TryTake(bytes, now, out long delay))
            {
                Assert.That(bucket.DelayOf(bytes, now + delay - 1), Is.GreaterThan(0), "not later than necessary");
                now += delay;
                Assert.That(bucket.TryTake(bytes, now, out _), Is.True, "not too early");
            }

            taken += bytes;
            Assert.That(taken * Second, Is.LessThanOrEqualTo(((Int128)burst * Second) + ((Int128)(now - start) * rate)), "never above burst and rate");
        }

        if (now > start)
        {
            // Each wait may be up to one tick too long; nothing else is lost.
            Int128 allowed = ((Int128)burst * Second) + ((Int128)(now - start) * rate);
            Assert.That(allowed - (taken * Second), Is.LessThanOrEqualTo((Int128)rate));
        }
    }

    [Test]
    public void Full_after_any_pause_and_never_fuller()
    {
        var bucket = new TokenBucket(long.MaxValue / 1000, long.MaxValue / Second, 0, Second);
        Assert.That(bucket.TryTake(int.MaxValue, 1, out _), Is.True);
        Assert.That(bucket.TryTake(int.MaxValue, long.MaxValue, out _), Is.True, "no overflow");

        var small = new TokenBucket(1_000_000, 1000, 0, Second);
        foreach (long now in (long[])[0, Second, 3_000_000 * Second])
        {
            Assert.That(small.TryTake(1000, now, out _), Is.True);
            Assert.That(small.TryTake(1, now, out long delay), Is.False);
            Assert.That(delay, Is.EqualTo(1000));
        }
    }

    [Test]
    public void A_packet_above_the_burst_passes_when_full_and_is_paid_for_afterwards()
    {
        var bucket = new TokenBucket(1000, 100, 0, Second);
        Assert.That(bucket.TryTake(1500, 0, out _), Is.True);

        Assert.That(bucket.TryTake(1500, 0, out long delay), Is.False);
        Assert.That(delay, Is.EqualTo(3 * Second / 2), "until it is full again");
        Assert.That(bucket.TryTake(1500, delay, out _), Is.True);
    }

    [Test]
    public void A_clock_that_goes_back_gives_nothing()
    {
        var bucket = new TokenBucket(1000, 1000, 10 * Second, Second);
        Assert.That(bucket.TryTake(1000, 10 * Second, out _), Is.True);
        Assert.That(bucket.TryTake(1, 9 * Second, out _), Is.False);
        Assert.That(bucket.TryTake(1, 10 * Second, out _), Is.False);
        Assert.That(bucket.TryTake(1000, 11 * Second, out _), Is.True);
    }

    [Test]
    public void Refused_or_asked_takes_nothing()
    {
        var bucket = new TokenBucket(1000, 1000, 0, Second);
        Assert.That(bucket.DelayOf(1000, 0), Is.Zero);
        Assert.That(bucket.TryTake(600, 0, out _), Is.True);
        Assert.That(bucket.TryTake(600, 0, out long delay), Is.False);
        Assert.That(delay, Is.EqualTo(Second / 5));
        Assert.That(bucket.TryTake(400, 0, out _), Is.True);
    }

    [TestCase(0, 1)]
    [TestCase(-1, 1)]
    [TestCase(1, 0)]
    [TestCase(1, long.MaxValue)]
    public void Numbers_out_of_range_are_refused(long rate, long burst) =>
        Assert.That(() => new TokenBucket(rate, burst, 0, Second), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
