using System.Net;

namespace FifoDtls.Tests;

public sealed class DropReporterTests
{
    private static readonly SocketAddress Source = new IPEndPoint(IPAddress.Parse("192.0.2.7"), 4711).Serialize();

    [Test]
    public void The_first_of_a_kind_is_told_at_once_and_then_one_line_in_ten_seconds_with_the_count()
    {
        var clock = new FakeClock();
        var log = new LogCapture();
        var drops = new DropReporter(log, clock);

        drops.Note(DropReason.UnknownSource, Source);
        Assert.That(log.Lines, Has.Count.EqualTo(1));
        Assert.That(log.Lines[0].Message, Does.Contain("192.0.2.7:4711").And.Contain("no peer and no ClientHello").And.Contain("1 so far"));

        for (int i = 0; i < 1_000; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(9));
            drops.Note(DropReason.UnknownSource, Source);
        }

        Assert.That(log.Lines, Has.Count.EqualTo(1), "9 seconds later");
        clock.Advance(TimeSpan.FromSeconds(1));
        drops.Note(DropReason.UnknownSource, Source);
        Assert.That(log.Lines, Has.Count.EqualTo(2));
        Assert.That(log.Lines[1].Message, Does.Contain("1002 so far"));
    }

    [Test]
    public void Each_kind_is_throttled_for_itself_and_has_its_own_words()
    {
        var log = new LogCapture();
        var drops = new DropReporter(log, new FakeClock());

        foreach (DropReason reason in Enum.GetValues<DropReason>())
        {
            drops.Note(reason, Source);
            drops.Note(reason, Source);
        }

        Assert.That(log.Lines.Select(line => line.Message), Is.Unique);
        Assert.That(log.Lines, Has.Count.EqualTo(Enum.GetValues<DropReason>().Length));
    }
}
