using FifoVpn.Packets;
using FifoVpn.Routing;

namespace FifoVpn.Tests.Routing;

internal sealed class RoutingTableTests
{
    [TestCase("10.88.0.2", "host")]
    [TestCase("10.88.0.3", "net")]
    [TestCase("10.89.0.1", "ten")]
    [TestCase("192.0.2.1", "default")]
    [TestCase("fd88::2", "host6")]
    [TestCase("fd88::3", "net6")]
    [TestCase("2001:db8::1", null)]
    public void The_longest_prefix_wins(string address, string? expected)
    {
        RoutingTable<string> table = new();
        table.Replace(
        [
            new(IpPrefix.Parse("0.0.0.0/0"), "default"),
            new(IpPrefix.Parse("10.88.0.2/32"), "host"),
            new(IpPrefix.Parse("10.0.0.0/8"), "ten"),
            new(IpPrefix.Parse("10.88.0.0/24"), "net"),
            new(IpPrefix.Parse("fd88::/64"), "net6"),
            new(IpPrefix.Parse("fd88::2/128"), "host6"),
        ]);

        Assert.That(table.TryFind(VpnAddress.Parse(address), out string? value), Is.EqualTo(expected is not null));
        Assert.That(value, Is.EqualTo(expected));
        Assert.That(table.Count, Is.EqualTo(6));
    }

    [Test]
    public void A_new_table_has_no_routes() => Assert.That(new RoutingTable<string>().TryFind(VpnAddress.Parse("10.0.0.1"), out _), Is.False);

    [Test]
    public void A_duplicate_names_both_and_leaves_the_old_routes()
    {
        RoutingTable<string> table = new();
        table.Replace([new(IpPrefix.Parse("10.0.0.0/8"), "old")]);

        Assert.That(
            () => table.Replace([new(IpPrefix.Parse("10.99.0.0/24"), "beta"), new(IpPrefix.Parse("10.99.0.0/24"), "gamma")]),
            Throws.ArgumentException.With.Message.Contains("10.99.0.0/24 is routed twice: to beta and to gamma"));
        Assert.That(table.TryFind(VpnAddress.Parse("10.1.1.1"), out string? value), Is.True);
        Assert.That(value, Is.EqualTo("old"));
    }

    [Test]
    public void Equal_numbers_of_both_families_do_not_clash()
    {
        RoutingTable<string> table = new();
        table.Replace([new(IpPrefix.Parse("0.0.0.0/0"), "four"), new(IpPrefix.Parse("::/0"), "six")]);

        table.TryFind(VpnAddress.Parse("10.0.0.1"), out string? four);
        table.TryFind(VpnAddress.Parse("::a00:1"), out string? six);
        Assert.That((four, six), Is.EqualTo(("four", "six")));
    }

    [Test]
    public void Agrees_with_a_naive_search([Values(0, 1, 2)] int run)
    {
        int seed = int.Parse(Environment.GetEnvironmentVariable("FIFODTLS_SEED") ?? $"{Environment.TickCount + run}");
        TestContext.Out.WriteLine($"FIFODTLS_SEED={seed}");
        Random random = new(seed);
        for (int round = 0; round < 60; round++)
        {
            Dictionary<IpPrefix, int> model = [];
            for (int i = random.Next(60); i > 0; i--)
            {
                VpnAddress address = Address(random);
                model[IpPrefix.Containing(address, random.Next(address.BitLength + 1))] = i;
            }

            RoutingTable<int> table = new();
            table.Replace([.. model.Select(pair => new Route<int>(pair.Key, pair.Value))]);
            for (int i = 0; i < 200; i++)
            {
                VpnAddress address = Address(random);
                KeyValuePair<IpPrefix, int>[] matches = [.. model.Where(pair => pair.Key.Contains(address)).OrderByDescending(pair => pair.Key.Length)];
                bool found = table.TryFind(address, out int value);
                Assert.That(found, Is.EqualTo(matches.Length > 0), $"{address}");
                Assert.That(found ? value : -1, Is.EqualTo(found ? matches[0].Value : -1), $"{address}");
            }
        }

        // Few distinct bits, so that random addresses share prefixes of all lengths.
        static VpnAddress Address(Random random)
        {
            byte[] bytes = new byte[random.Next(2) == 0 ? 4 : 16];
            for (int bit = 0; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] |= (byte)(random.Next(8) == 0 ? 1 << (bit % 8) : 0);
            }

            return VpnAddress.FromBytes(bytes);
        }
    }

    [Test]
    [CancelAfter(20_000)]
    public void A_reader_sees_the_old_or_the_new_routes_never_a_mixture(CancellationToken cancellation)
    {
        Route<int>[] odd = Routes(1);
        Route<int>[] even = Routes(2);
        RoutingTable<int> table = new();
        table.Replace(odd);
        using CancellationTokenSource done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Thread writer = new(() =>
        {
            for (int i = 0; i < 2000; i++)
            {
                table.Replace(i % 2 == 0 ? even : odd);
            }

            done.Cancel();
        });
        writer.Start();

        VpnAddress address = VpnAddress.Parse("10.88.0.2");
        long lookups = 0;
        do
        {
            Assert.That(table.TryFind(address, out int value), Is.True);
            Assert.That(value, Is.AnyOf(32 * 1, 32 * 2));
            lookups++;
        }
        while (!done.IsCancellationRequested);

        Assert.That(writer.Join(TimeSpan.FromSeconds(10)), Is.True);
        Assert.That(lookups, Is.Positive);

        static Route<int>[] Routes(int factor) =>
            [.. new[] { 8, 16, 24, 32 }.Select(length => new Route<int>(IpPrefix.Containing(VpnAddress.Parse("10.88.0.2"), length), length * factor))];
    }

    [Test]
    public void Parsing_and_lookup_allocate_nothing()
    {
        RoutingTable<string> table = new();
        table.Replace([new(IpPrefix.Parse("10.88.0.0/24"), "net"), new(IpPrefix.Parse("fd88::2/128"), "host"), new(IpPrefix.Parse("fd88::/64"), "net6")]);
        byte[] four = new byte[100];
        byte[] six = new byte[100];
        IpHeader.Write(four, VpnAddress.Parse("10.88.0.1"), VpnAddress.Parse("10.88.0.2"), IpProtocol.Udp, 80);
        IpHeader.Write(six, VpnAddress.Parse("fd88::1"), VpnAddress.Parse("fd88::3"), IpProtocol.Udp, 60);
        Lookups(1000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        int hits = Lookups(10_000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.That(hits, Is.EqualTo(20_000));
        Assert.That(allocated, Is.Zero);

        int Lookups(int rounds)
        {
            int found = 0;
            for (int i = 0; i < rounds; i++)
            {
                found += IpPacket.TryParse(four, out IpPacket packet, out _) && table.TryFind(packet.Destination, out _) ? 1 : 0;
                found += IpPacket.TryParse(six, out packet, out _) && table.TryFind(packet.Destination, out _) ? 1 : 0;
            }

            return found;
        }
    }
}
