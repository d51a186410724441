namespace FifoDtls.Tests;

/// <summary>The keys of tickets change, and a session is resumed all the same for as long as it lives.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class TicketRotationTests
{
    private static readonly TimeSpan HalfAnHour = TimeSpan.FromMinutes(30);

    [TestCase(true), TestCase(false)]
    public void A_ticket_of_the_key_before_is_taken_and_replaced_and_one_of_a_key_long_gone_is_not(bool shared)
    {
        FakeClock clock = new();
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = Tickets.Server(new DtlsTicketOptions { Key = shared ? Tickets.Key : default, Clock = clock });
        clock.Advance(HalfAnHour);
        using DtlsSession first = Tickets.Session(client, server);
        Assert.That(Tickets.IsResumed(client, server, first, out byte[][] tickets), Is.True);
        Assert.That(tickets, Is.Empty, "a ticket of the current key stays");
        clock.Advance(Tickets.Hour);
        using DtlsPair pair = Tickets.Pair(client, server, first);
        pair.Handshake();
        Assert.That((pair.Client.Negotiated!.WasResumed, Tickets.Sent(pair).Length), Is.EqualTo((true, 1)), "resumed, and renewed");
        using DtlsSession renewed = pair.Client.ExportSession()!;
        clock.Advance(Tickets.Hour);
        Assert.That(Tickets.IsResumed(client, server, first), Is.False, "the key is gone");
        Assert.That(Tickets.IsResumed(client, server, renewed), Is.True);
        Assert.That(Tickets.Cached(server), Is.Zero);
    }

    [Test]
    public void Keys_are_kept_for_as_long_as_a_lifetime_reaches_back()
    {
        FakeClock clock = new();
        TimeSpan lifetime = 4 * Tickets.Hour;
        using DtlsContext client = Tickets.Client(lifetime);
        using DtlsContext server = Tickets.Server(new DtlsTicketOptions { Clock = clock }, lifetime: lifetime);
        clock.Advance(HalfAnHour);
        using DtlsSession session = Tickets.Session(client, server);
        for (int hour = 1; hour <= 4; hour++)
        {
            clock.Advance(Tickets.Hour);
            Assert.That(Tickets.IsResumed(client, server, session), Is.True, $"after {hour} h");
        }

        clock.Advance(Tickets.Hour);
        Assert.That(Tickets.IsResumed(client, server, session), Is.False);
    }

    [TestCase(-1, true), TestCase(0, true), TestCase(1, true), TestCase(2, false)]
    public void Servers_with_the_same_key_may_differ_by_one_rotation(int hoursAhead, bool resumed)
    {
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = Tickets.Server(new DtlsTicketOptions { Key = Tickets.Key, Clock = new FakeClock(hoursAhead * Tickets.Hour) });
        using DtlsContext other = Tickets.Server(new DtlsTicketOptions { Key = Tickets.Key, Clock = new FakeClock() });
        using DtlsSession session = Tickets.Session(client, server);
        Assert.That(Tickets.IsResumed(client, other, session), Is.EqualTo(resumed));
    }

    [Test]
    public void A_shared_key_makes_the_same_tickets_good_after_the_clock_was_set_back()
    {
        FakeClock clock = new();
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = Tickets.Server(new DtlsTicketOptions { Key = Tickets.Key, Clock = clock });
        using DtlsSession session = Tickets.Session(client, server);
        clock.Advance(24 * Tickets.Hour);
        Assert.That(Tickets.IsResumed(client, server, session), Is.False);
        clock.Advance(-24 * Tickets.Hour);
        Assert.That(Tickets.IsResumed(client, server, session), Is.True);
    }
}
