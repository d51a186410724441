namespace FifoDtls.Tests;

public sealed class TokenBucketTests
{
    [Test]
    public void A_bucket_gives_one_seconds_number_at_once_and_then_what_time_brings()
    {
        var clock = new FakeClock();
        var bucket = new TokenBucket(10, clock);
        Assert.That(Taken(bucket), Is.EqualTo(10));

        clock.Advance(TimeSpan.FromMilliseconds(99));
        Assert.That(Taken(bucket), Is.Zero);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(Taken(bucket), Is.EqualTo(1), "what an earlier look has brought is kept");
        clock.Advance(TimeSpan.FromMilliseconds(500));
        Assert.That(Taken(bucket), Is.EqualTo(5));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.That(Taken(bucket), Is.EqualTo(10), "never more than one second's number");
    }

    [Test]
    public void The_rate_holds_however_often_the_bucket_is_asked()
    {
        var clock = new FakeClock();
        var bucket = new TokenBucket(1_000, clock);
        Taken(bucket);
        int taken = 0;
        for (int i = 0; i < 1_000_000; i++)
        {
            clock.Advance(TimeSpan.FromMicroseconds(10));
            taken += bucket.TryTake() ? 1 : 0;
        }

        Assert.That(taken, Is.EqualTo(10_000).Within(1), "in 10 seconds");
    }

    private static int Taken(TokenBucket bucket)
    {
        int count = 0;
        while (bucket.TryTake())
        {
            count++;
        }

        return count;
    }
}
