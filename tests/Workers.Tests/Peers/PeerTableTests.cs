using System.Net;

namespace FifoDtls.Tests;

public sealed class PeerTableTests
{
    private const int Limit = 12;
    private const int Addresses = 8;

    [Test]
    public void Does_what_the_model_does()
    {
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var table = new PeerTable(Limit);
        var model = new PeerTableModel(Limit);
        List<DtlsPeer> known = [CreatePeer(0)];
        for (int step = 0; step < 50_000; step++)
        {
            Step(random, table, model, known);
            Assert.That(table.Count, Is.EqualTo(model.Count), $"step {step}");
            RequireSame(table, model, step);
        }
    }

    [Test]
    public void A_peer_is_found_by_an_equal_address_and_by_no_other()
    {
        var table = new PeerTable(Limit);
        DtlsPeer peer = CreatePeer(1);
        table.TryAdd(peer, out _);

        Assert.That(table.TryGet(AddressOf(1), out PeerSlot slot), Is.True);
        Assert.That(slot.Current, Is.SameAs(peer));
        Assert.That(table.TryGet(AddressOf(2), out _), Is.False);
    }

    [Test]
    public void Closing_lists_everybody_and_refuses_whoever_comes_later()
    {
        var table = new PeerTable(Limit);
        DtlsPeer[] peers = [CreatePeer(1), CreatePeer(2), CreatePeer(2)];
        table.TryAdd(peers[0], out _);
        table.TryAdd(peers[1], out _);
        table.TryAddSuccessor(peers[2], out _);

        Assert.That(table.Close(), Is.EquivalentTo(peers));
        Assert.That(table.TryAdd(CreatePeer(3), out _), Is.EqualTo(PeerAddition.Closed));
        Assert.That(table.TryAddSuccessor(CreatePeer(1), out _), Is.EqualTo(PeerAddition.Closed));
    }

    private static void Step(Random random, PeerTable table, PeerTableModel model, List<DtlsPeer> known)
    {
        DtlsPeer fresh = CreatePeer(random.Next(Addresses));
        DtlsPeer old = known[random.Next(known.Count)];
        switch (random.Next(5))
        {
            case 0:
                Assert.That((table.TryAdd(fresh, out DtlsPeer? existing), existing), Is.EqualTo(model.Add(fresh)));
                break;
            case 1:
                Assert.That((table.TryAddSuccessor(fresh, out DtlsPeer? givenUp), givenUp), Is.EqualTo(model.AddSuccessor(fresh)));
                break;
            case 2:
                Assert.That(table.Promote(old), Is.SameAs(model.Promote(old)));
                break;
            default:
                table.Remove(old);
                model.Remove(old);
                break;
        }

        known.Add(fresh);
        if (known.Count > 3 * Addresses)
        {
            known.RemoveAt(0);
        }
    }

    private static void RequireSame(PeerTable table, PeerTableModel model, int step)
    {
        for (int i = 0; i < Addresses; i++)
        {
            (DtlsPeer, DtlsPeer?)? actual = table.TryGet(AddressOf(i), out PeerSlot slot) ? (slot.Current, slot.Successor) : null;
            Assert.That(actual, Is.EqualTo(model.At(AddressOf(i))), $"step {step}, address {i}");
        }
    }

    internal static SocketAddress AddressOf(int i) => new IPEndPoint(IPAddress.Loopback, 1_000 + i).Serialize();

    internal static int IndexOf(SocketAddress address) => ((IPEndPoint)new IPEndPoint(IPAddress.Any, 0).Create(address)).Port - 1_000;

    // The table looks at nothing of a peer but its address.
    internal static DtlsPeer CreatePeer(int i) => new(
        endpoint: null!, AddressOf(i), new PeerExchange(DtlsRole.Server, new FifoTransport(_ => { }), null, CookieKeys.Unordered), connectOptions: null, session: null);
}
