using FifoVpn.Configuration;
using FifoVpn.Node;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Node;

/// <summary>Whose an address is.</summary>
internal sealed class PeerDirectoryTests
{
    private const string A = "10.88.0.1";
    private const string B = "10.88.0.2";
    private const string C = "10.88.0.3";

    private PeerDirectory _directory = null!;

    [SetUp]
    public void Empty() => _directory = new PeerDirectory(maxPeers: 4);

    [Test]
    public void Configured_peers_that_stay_are_the_same_and_those_that_go_are_told()
    {
        Assert.That(Configure(Config("one", A), Config("two", B)), Is.Empty);
        VpnPeer one = _directory.Find("one")!;
        VpnPeer two = _directory.Find("two")!;
        IReadOnlyList<VpnPeer> removed = Configure(Config("one", C));
        Assert.That(removed, Is.EqualTo(new[] { two }));
        Assert.That(_directory.Find("one"), Is.SameAs(one));
        Assert.That((Owner(A), Owner(B), Owner(C)), Is.EqualTo(((string?)null, (string?)null, "one")));
    }

    [Test]
    public void A_discovered_peer_has_nothing_before_it_has_proved_it()
    {
        VpnPeer found = Add("found");
        Assert.That(Owner(A), Is.Null);
        Assert.That(Prove(found, A), Is.Empty);
        Assert.That(Owner(A), Is.EqualTo("found"));
    }

    [Test]
    public void A_discovered_peer_takes_no_configured_address()
    {
        Configure(Config("one", A));
        VpnPeer found = Add("found", A);
        Assert.That(Owner(A), Is.EqualTo("one"));
        Assert.That(Prove(found, A, B), Is.EqualTo(Hosts(A)));
        Assert.That((Owner(A), Owner(B)), Is.EqualTo(("one", "found")));
        _directory.Suppose(found, Addresses(A));
        Assert.That(Owner(A), Is.EqualTo("one"));
    }

    [Test]
    public void A_discovered_peer_takes_no_proved_address()
    {
        VpnPeer first = Add("first");
        Prove(first, A);
        VpnPeer second = Add("second", A);
        Assert.That(Owner(A), Is.EqualTo("first"));
        Assert.That(Prove(second, A), Is.EqualTo(Hosts(A)));
        _directory.Suppose(second, Addresses(A));
        Assert.That(Owner(A), Is.EqualTo("first"));
        Assert.That((_directory.IsTaken(VpnAddress.Parse(A), first), _directory.IsTaken(VpnAddress.Parse(A), second)), Is.EqualTo((false, true)));
    }

    [Test]
    public void Who_proves_an_address_has_it_rather_than_who_was_supposed_to()
    {
        VpnPeer supposed = Add("supposed", A, B);
        Assert.That(Owner(A), Is.EqualTo("supposed"));
        VpnPeer real = Add("real");
        Assert.That(Prove(real, A), Is.Empty);
        Assert.That((Owner(A), Owner(B)), Is.EqualTo(("real", "supposed")));
        Assert.That(Prove(supposed, A, B), Is.EqualTo(Hosts(A)));
    }

    [Test]
    public void What_a_peer_was_supposed_to_have_and_has_not_is_free()
    {
        VpnPeer first = Add("first", A);
        Prove(first, B);
        Assert.That(Owner(A), Is.Null);
        VpnPeer second = Add("second");
        Assert.That(Prove(second, A), Is.Empty);
        Assert.That(Configure(), Is.Empty, "both stay");
        Assert.That((Owner(A), Owner(B)), Is.EqualTo(("second", "first")));
    }

    [Test]
    public void A_certificate_that_names_an_address_twice_is_as_good_as_another()
    {
        VpnPeer found = Add("found");
        Assert.That(Prove(found, A, A), Is.Empty);
        Assert.That(Owner(A), Is.EqualTo("found"));
        Configure(Config("one", B));
        Assert.That((Owner(A), Owner(B)), Is.EqualTo(("found", "one")));
    }

    [Test]
    public void A_configured_peer_takes_name_and_addresses_from_discovered_ones()
    {
        VpnPeer first = Add("first");
        Prove(first, A);
        VpnPeer second = Add("second");
        Prove(second, B);
        VpnPeer third = Add("third");
        Prove(third, C);
        Assert.That(Configure(Config("one", A), Config("second", "10.88.0.9")), Is.EquivalentTo(new[] { first, second }));
        Assert.That(_directory.Find("second"), Is.Not.SameAs(second));
        Assert.That((Owner(A), Owner(B), Owner(C)), Is.EqualTo(("one", (string?)null, "third")));
    }

    [Test]
    public void A_peer_that_is_known_is_not_added_again()
    {
        Configure(Config("one", A));
        Assert.That(_directory.TryAdd(Discovered("one", B), out VpnPeer? evicted), Is.SameAs(_directory.Find("one")));
        Assert.That((evicted, Owner(B)), Is.EqualTo(((VpnPeer?)null, (string?)null)));
    }

    [Test]
    public void A_full_directory_gives_up_a_discovered_peer_without_a_link_and_no_other()
    {
        Configure(Config("one", A), Config("two", B));
        VpnPeer linked = Add("linked");
        linked.Attach(new FakeLink("link"));
        VpnPeer idle = Add("idle", C);
        VpnPeer late = Discovered("late", "10.88.0.4");
        Assert.That(_directory.TryAdd(late, out VpnPeer? evicted), Is.SameAs(late));
        Assert.That(evicted, Is.SameAs(idle));
        Assert.That((Owner(C), Owner("10.88.0.4")), Is.EqualTo(((string?)null, "late")));

        late.Attach(new FakeLink("link"));
        Assert.That(_directory.TryAdd(Discovered("later", C), out evicted), Is.Null);
        Assert.That((evicted, Owner(C), _directory.Peers.Count), Is.EqualTo(((VpnPeer?)null, (string?)null, 4)));
    }

    private IReadOnlyList<VpnPeer> Configure(params PeerConfig[] configs)
    {
        _directory.Configure(configs, config => new VpnPeer(config, "self"), out IReadOnlyList<VpnPeer> removed);
        return removed;
    }

    private VpnPeer Add(string name, params string[] supposed)
    {
        VpnPeer peer = Discovered(name, supposed);
        Assert.That(_directory.TryAdd(peer, out VpnPeer? evicted), Is.SameAs(peer));
        Assert.That(evicted, Is.Null);
        return peer;
    }

    private IReadOnlyList<IpPrefix> Prove(VpnPeer peer, params string[] addresses) => _directory.Prove(peer, Hosts(addresses));

    private string? Owner(string address) => _directory.TryFind(VpnAddress.Parse(address), out VpnPeer peer) ? peer.Name : null;

    private static VpnPeer Discovered(string name, params string[] supposed) => new(Config(name, supposed), "self") { IsDiscovered = true };

    private static PeerConfig Config(string name, params string[] addresses) => new() { Name = name, Addresses = Addresses(addresses) };

    private static VpnAddress[] Addresses(params string[] addresses) => [.. addresses.Select(VpnAddress.Parse)];

    private static IpPrefix[] Hosts(params string[] addresses) => [.. Addresses(addresses).Select(IpPrefix.Host)];
}
