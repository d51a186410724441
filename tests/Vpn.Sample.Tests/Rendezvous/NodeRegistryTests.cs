using System.Net;
using FifoVpn.Control;
using FifoVpn.Packets;
using FifoVpn.Rendezvous;

namespace FifoVpn.Tests.Rendezvous;

/// <summary>The registry by itself: nodes that come, meet and go in any order. Nothing is sent here, so they need no association.</summary>
internal sealed class NodeRegistryTests
{
    private static readonly RendezvousServerOptions Options = new() { Name = "meet", Listen = new IPEndPoint(IPAddress.Loopback, 0), Context = null! };

    [Test]
    public void Any_order_of_coming_meeting_and_going_leaves_nothing()
    {
        const int Names = 12;
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        Random random = new(seed);
        NodeRegistry registry = new(maxNodes: 9, NewLimit);
        List<RendezvousNode> present = [];
        for (int step = 0; step < 20_000; step++)
        {
            switch (random.Next(5))
            {
                case 0:
                    Come(Node(random.Next(Names), random.Next(Names)));
                    break;
                case 1 when present.Count > 0:
                    RendezvousNode going = present[random.Next(present.Count)];
                    registry.Remove(going);
                    present.Remove(going);
                    break;
                default:
                    Meet();
                    break;
            }

            RegistryCounts counts = registry.Counts;
            Assert.That(counts.Nodes, Is.EqualTo(present.Count));
            Assert.That(counts.Nodes, Is.LessThanOrEqualTo(9));
            Assert.That(2 * counts.Channels, Is.EqualTo(present.Sum(node => node.Channels.Count)));
        }

        foreach (RendezvousNode node in present)
        {
            registry.Remove(node);
        }

        Assert.That(registry.Counts, Is.EqualTo(default(RegistryCounts)));

        void Come(RendezvousNode node)
        {
            if (registry.Admit(node, out RendezvousNode? replaced, out _) == Admission.Admitted)
            {
                present.Add(node);
                if (replaced is not null)
                {
                    present.Remove(replaced);
                    Assert.That(registry.Register(replaced, []), Is.Null, "who was replaced can't come back");
                }

                Assert.That(registry.Register(node, []), Is.True);
            }
        }

        void Meet()
        {
            if (present.Count < 2)
            {
                return;
            }

            RendezvousNode asker = present[random.Next(present.Count)];
            RendezvousNode wanted = present[random.Next(present.Count)];
            FindMessage find = random.Next(2) == 0 ? FindMessage.Of(1, wanted.Name) : FindMessage.Of(1, wanted.Prefixes[0].Network);
            Meeting meeting = registry.Meet(asker, find);
            if (meeting.Failure is null)
            {
                RelayChannel there = asker.Channels.Find(meeting.AskerChannel)!;
                RelayChannel back = meeting.Target.Channels.Find(meeting.TargetChannel)!;
                Assert.That(there.Target, Is.SameAs(meeting.Target));
                Assert.That(back.Target, Is.SameAs(asker));
                Assert.That((there.Opposite, back.Opposite), Is.EqualTo((back.Number, there.Number)));
                Assert.That(there.Limit, Is.SameAs(back.Limit), "the pair's");
            }
            else
            {
                Assert.That(meeting.Target, Is.Null);
            }
        }
    }

    [Test]
    public void A_node_has_so_many_channels_and_no_more()
    {
        NodeRegistry registry = new(maxNodes: RelayChannels.Max + 10, NewLimit);
        RendezvousNode hub = Present(registry, 0);
        HashSet<uint> numbers = [];
        RendezvousNode last = hub;
        for (int i = 1; i <= RelayChannels.Max; i++)
        {
            last = Present(registry, i);
            Meeting meeting = registry.Meet(last, FindMessage.Of(1, hub.Name));
            Assert.That(meeting.TargetChannel, Is.Not.Zero);
            numbers.Add(meeting.TargetChannel);
        }

        Assert.That(numbers, Has.Count.EqualTo(RelayChannels.Max));
        RendezvousNode late = Present(registry, RelayChannels.Max + 1);
        Meeting without = registry.Meet(late, FindMessage.Of(1, hub.Name));
        Assert.That(without, Has.Property(nameof(Meeting.Failure)).Null.And.Property(nameof(Meeting.ChannelsFull)).True);
        Assert.That((without.AskerChannel, without.TargetChannel), Is.EqualTo((0u, 0u)));

        registry.Remove(last);
        uint again = registry.Meet(late, FindMessage.Of(1, hub.Name)).TargetChannel;
        Assert.That(again, Is.Not.Zero.And.Not.AnyOf(numbers.Cast<object>().ToArray()), "the place is another's, the number is new");
    }

    [Test]
    public void A_channels_number_is_new_for_a_very_long_time()
    {
        NodeRegistry registry = new(maxNodes: 10, NewLimit);
        RendezvousNode hub = Present(registry, 0);
        HashSet<uint> numbers = [];
        for (int i = 0; i < 5_000; i++)
        {
            RendezvousNode guest = Present(registry, 1);
            Assert.That(numbers.Add(registry.Meet(guest, FindMessage.Of(1, hub.Name)).TargetChannel), Is.True);
            registry.Remove(guest);
        }
    }

    [Test]
    public void A_node_is_found_by_the_longest_prefix_that_holds_the_address()
    {
        NodeRegistry registry = new(maxNodes: 10, NewLimit);
        RendezvousNode wide = Admitted("wide", "10.1.0.0/16", "fd88::/32");
        RendezvousNode narrow = Admitted("narrow", "10.1.2.0/24");
        RendezvousNode host = Admitted("host", "10.1.2.3/32", "fd88::1/128");
        RendezvousNode asker = Admitted("asker");
        Assert.That(Owner("10.1.9.9"), Is.SameAs(wide));
        Assert.That(Owner("10.1.2.9"), Is.SameAs(narrow));
        Assert.That(Owner("10.1.2.3"), Is.SameAs(host));
        Assert.That(Owner("fd88::1"), Is.SameAs(host));
        Assert.That(Owner("fd88::2"), Is.SameAs(wide));
        Assert.That(Owner("10.2.0.0"), Is.Null);
        registry.Remove(host);
        registry.Remove(narrow);
        Assert.That(Owner("10.1.2.3"), Is.SameAs(wide));

        RendezvousNode Admitted(string name, params string[] prefixes)
        {
            RendezvousNode node = new(null!, name, [.. prefixes.Select(IpPrefix.Parse)], Options);
            registry.Admit(node, out _, out _);
            registry.Register(node, []);
            return node;
        }

        RendezvousNode? Owner(string address) => registry.Meet(asker, FindMessage.Of(1, VpnAddress.Parse(address))).Target;
    }

    [Test]
    public void After_Close_nobody_gets_in()
    {
        NodeRegistry registry = new(maxNodes: 10, NewLimit);
        RendezvousNode node = Present(registry, 0);
        Assert.That(registry.Close(), Is.EqualTo(new[] { node }));
        Assert.That(registry.Admit(Node(1, 1), out _, out _), Is.EqualTo(Admission.Closed));
        registry.Remove(node);
        Assert.That(registry.Counts, Is.EqualTo(default(RegistryCounts)));
    }

    private static RateLimit NewLimit() => new(1, 1, TimeProvider.System);

    private static RendezvousNode Present(NodeRegistry registry, int number)
    {
        RendezvousNode node = Node(number, number);
        Assert.That(registry.Admit(node, out _, out _), Is.EqualTo(Admission.Admitted));
        registry.Register(node, []);
        return node;
    }

    /// <summary>A node with an address of its own and one that it may have to share.</summary>
    private static RendezvousNode Node(int name, int shared) => new(
        null!,
        $"node{name}",
        [IpPrefix.Host(VpnAddress.FromIPv4(0x0A000000u + (uint)name)), IpPrefix.Host(VpnAddress.FromIPv4(0x0B000000u + (uint)shared))],
        Options);
}
