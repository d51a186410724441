namespace FifoDtls.Tests;

[TestFixture]
internal sealed class EarlyPayloadsTests
{
    [Test]
    public void What_is_taken_out_makes_room_in_number_and_bytes()
    {
        EarlyPayloads queue = new(maxCount: 2, maxBytes: 10);
        Assert.That((queue.TryAdd(new byte[5], out _), queue.TryAdd(new byte[6], out _), queue.TryAdd(new byte[5], out _), queue.TryAdd([1], out _)), Is.EqualTo((true, false, true, false)));
        Assert.That(queue.TryTake(out byte[]? first), Is.True);
        Assert.That((first!.Length, queue.Count), Is.EqualTo((5, 1)));
        Assert.That((queue.TryAdd(new byte[6], out _), queue.TryAdd(new byte[5], out bool flushed), flushed), Is.EqualTo((false, true, false)));
    }

    [Test]
    public void Once_it_was_found_empty_nothing_is_queued_until_it_is_reopened()
    {
        EarlyPayloads queue = new(maxCount: 2, maxBytes: 10);
        Assert.That((queue.TryTake(out _), queue.TryAdd([1], out bool flushed), flushed), Is.EqualTo((false, false, true)));
        queue.Reopen();
        Assert.That((queue.TryAdd([1], out flushed), flushed, queue.Count), Is.EqualTo((true, false, 1)));
    }

    [Test]
    public void A_limit_of_none_takes_nothing_and_does_not_say_that_it_may_be_sent()
    {
        EarlyPayloads queue = new(maxCount: 0, maxBytes: 10);
        Assert.That((queue.TryAdd([1], out bool flushed), flushed), Is.EqualTo((false, false)));
    }
}
