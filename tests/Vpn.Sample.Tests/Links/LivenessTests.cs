using FifoVpn.Links;

namespace FifoVpn.Tests.Links;

/// <summary>When a silent peer is pinged, and when it is dead.</summary>
internal sealed class LivenessTests
{
    private const long Start = 1_000;

    private readonly Liveness _liveness = new(TimeSpan.FromMilliseconds(400), Start);

    [SetUp]
    public void Hear() => _liveness.Alive(Start);

    [Test]
    public void Nothing_is_due_within_the_first_interval()
    {
        Assert.That(_liveness.TakePing(Start + 399), Is.False);
        Assert.That(_liveness.IsDead(Start + 399), Is.False);
        Assert.That(_liveness.Next, Is.EqualTo(Start + 400));
    }

    [Test]
    public void A_silent_peer_is_pinged_four_times_in_the_second_interval_and_then_dead()
    {
        List<long> pings = [];
        long now = Start;
        while (!_liveness.IsDead(now))
        {
            Assert.That(_liveness.Next, Is.GreaterThan(now - 1), "the next look is not in the past");
            now = _liveness.Next;
            if (!_liveness.IsDead(now) && _liveness.TakePing(now))
            {
                pings.Add(now - Start);
            }
        }

        Assert.That(pings, Is.EqualTo(new long[] { 400, 500, 600, 700 }));
        Assert.That(now - Start, Is.EqualTo(800));
    }

    [Test]
    public void Any_sign_of_life_begins_anew()
    {
        Assert.That(_liveness.TakePing(Start + 400), Is.True);
        _liveness.Alive(Start + 799);
        Assert.That(_liveness.IsDead(Start + 799 + 799), Is.False);
        Assert.That(_liveness.TakePing(Start + 799 + 399), Is.False);
        Assert.That(_liveness.TakePing(Start + 799 + 400), Is.True);
        Assert.That(_liveness.IsDead(Start + 799 + 800), Is.True);
        Assert.That(_liveness.LastSign, Is.EqualTo(Start + 799));
    }

    [Test]
    public void A_look_that_comes_much_too_late_finds_it_dead() => Assert.That(_liveness.IsDead(Start + 1_000_000), Is.True);
}
