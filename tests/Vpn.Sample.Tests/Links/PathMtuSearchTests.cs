using FifoVpn.Links;

namespace FifoVpn.Tests.Links;

/// <summary>The search for what a path carries, on paper.</summary>
internal sealed class PathMtuSearchTests
{
    private const int Smallest = 1195;
    private const int Largest = 1400;
    private const long LongEnough = 60_000; // for every search, and less than the time to raise

    private static readonly Random NoLuck = new(1);

    [Test]
    public void It_begins_with_hope_and_one_probe_confirms_it()
    {
        PaperPath path = new(Smallest, Largest, Largest, NoLuck);
        Assert.That(path.Search.Current, Is.EqualTo(Largest));
        path.RunUntil(PaperPath.ConfirmInterval - 1);
        Assert.That((path.Search.Current, path.Probes), Is.EqualTo((Largest, 1)));
        path.RunUntil(10 * PaperPath.ConfirmInterval);
        Assert.That(path.Probes, Is.InRange(10, 11), "one for each interval");
    }

    [Test]
    public void Any_path_is_found_out_whatever_is_lost_on_it()
    {
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        for (int round = 0; round < 2_000; round++)
        {
            int smallest = random.Next(500, 1_300);
            int largest = smallest + random.Next(0, 8_000);
            int limit = random.Next(smallest, largest + 1);
            PaperPath path = new(smallest, largest, limit, random) { Loss = random.NextDouble() * 0.6, RoundTrip = random.Next(1, 490) };
            path.RunUntil(LongEnough);
            AssertFound(path, $"round {round}: {smallest} to {largest}, {limit}");

            // The size in use never again is one that does not get through, raising included.
            path.Stepped = () => AssertFound(path, $"later in round {round}: {smallest} to {largest}, {limit}");
            path.RunUntil(PaperPath.RaiseInterval + (2 * LongEnough));
        }
    }

    [Test]
    public void A_path_that_shrinks_is_noticed_by_the_next_confirmation()
    {
        PaperPath path = new(Smallest, Largest, Largest, NoLuck);
        path.RunUntil(LongEnough);
        path.Limit = 1_300;
        path.RunUntil(LongEnough + PaperPath.ConfirmInterval + (PathMtuSearch.ProbesPerSize * PaperPath.ProbeTimeout));
        Assert.That(path.Search.Current, Is.LessThanOrEqualTo(1_300));
        path.RunUntil(2 * LongEnough);
        AssertFound(path, "after the search");
    }

    [Test]
    public void A_path_that_grows_is_noticed_when_it_is_time_to_raise()
    {
        PaperPath path = new(Smallest, Largest, 1_250, NoLuck);
        path.RunUntil(LongEnough);
        AssertFound(path, "small");
        path.Limit = Largest;
        path.RunUntil(PaperPath.RaiseInterval - 1);
        Assert.That(path.Search.Current, Is.LessThanOrEqualTo(1_250), "not before");
        path.RunUntil(PaperPath.RaiseInterval + LongEnough);
        Assert.That(path.Search.Current, Is.EqualTo(Largest));
    }

    /// <summary>It is not worth a search, but senders use the largest size, and would be refused it for ever.</summary>
    [Test]
    public void A_path_that_grows_by_little_is_raised_to_the_largest_size()
    {
        PaperPath path = new(Smallest, Largest, Largest - 1, NoLuck);
        path.RunUntil(LongEnough);
        AssertFound(path, "a little too small");
        path.Limit = Largest;
        path.RunUntil(PaperPath.RaiseInterval + LongEnough);
        Assert.That(path.Search.Current, Is.EqualTo(Largest));
    }

    [Test]
    public void A_path_of_the_smallest_size_is_raised_as_well()
    {
        PaperPath path = new(Smallest, Largest, Smallest, NoLuck);
        path.RunUntil(LongEnough);
        Assert.That(path.Search.Current, Is.EqualTo(Smallest));
        path.Limit = Largest;
        path.RunUntil(PaperPath.RaiseInterval + LongEnough);
        Assert.That(path.Search.Current, Is.EqualTo(Largest));
    }

    [TestCase(1_000)]
    [TestCase(3_000)]
    [TestCase(5_500)]
    public void Acknowledgements_that_come_late_count(int roundTrip)
    {
        PaperPath path = new(Smallest, Largest, Largest, NoLuck) { RoundTrip = roundTrip };
        path.RunUntil(PaperPath.ConfirmInterval - 1);
        Assert.That(path.Search.Current, Is.EqualTo(Largest));
    }

    [TestCase(1_320)]
    [TestCase(1_210)]
    public void A_size_that_was_given_up_too_early_does_not_bound_the_search(int limit)
    {
        PathMtuSearch search = new(Smallest, Largest, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), 0);
        int first = Probe(search, 0);
        Assert.That(first, Is.EqualTo(Largest));
        long now = GiveUp(search, 0);
        int second = search.TakeProbe(now, now);
        Assert.That(second, Is.InRange(Smallest, Largest - 1));
        now = GiveUp(search, now); // its acknowledgement is only late
        Assert.That(search.TakeProbe(now, now), Is.LessThan(second), "given up");
        search.Acknowledged(second, now);
        Assert.That(search.Current, Is.EqualTo(second));

        int best = Math.Max(limit, second);
        for (int i = 0; i < 200 && search.Next < 60_000; i++)
        {
            now = Math.Max(now, search.Next);
            int probe = search.TakeProbe(now, now);
            if (probe != 0 && probe <= best)
            {
                search.Acknowledged(probe, now);
            }
        }

        Assert.That(search.Current, Is.InRange(best - PathMtuSearch.Precision + 1, best));
    }

    [Test]
    public void A_path_that_is_down_for_a_while_is_not_taken_for_a_small_one()
    {
        PaperPath path = new(Smallest, Largest, Largest, NoLuck);
        path.RunUntil(LongEnough);
        path.IsDown = true;
        path.RunUntil(LongEnough + 19_000);
        path.IsDown = false;
        path.RunUntil(LongEnough + 22_000);
        Assert.That(path.Search.Current, Is.EqualTo(Largest));
    }

    [Test]
    public void Sizes_that_were_never_sent_are_not_believed()
    {
        PathMtuSearch search = new(Smallest, Largest, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), 0);
        search.Acknowledged(Largest + 1, 1);
        search.Acknowledged(0, 1);
        search.Acknowledged(ushort.MaxValue, 1);
        Assert.That((search.Current, Probe(search, 1)), Is.EqualTo((Largest, Largest)));
    }

    [TestCase(Smallest, Smallest)]
    [TestCase(Smallest, 576)]
    public void Where_the_largest_is_taken_for_granted_nothing_is_probed(int smallest, int largest)
    {
        PathMtuSearch search = new(smallest, largest, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), 0);
        Assert.That((search.Current, search.Next, search.TakeProbe(1_000_000, 0)), Is.EqualTo((largest, long.MaxValue, 0)));
    }

    private static int Probe(PathMtuSearch search, long now) => search.TakeProbe(now, now);

    /// <summary>Takes the remaining probes of the size in flight.</summary>
    /// <returns>When it is given up.</returns>
    private static long GiveUp(PathMtuSearch search, long now)
    {
        for (int i = 1; i < PathMtuSearch.ProbesPerSize; i++)
        {
            now = search.Next;
            Assert.That(search.TakeProbe(now, now), Is.Not.Zero);
        }

        return search.Next;
    }

    private static void AssertFound(PaperPath path, string what) =>
        Assert.That(path.Search.Current, Is.GreaterThan(path.Limit - PathMtuSearch.Precision).And.LessThanOrEqualTo(path.Limit), what);
}
