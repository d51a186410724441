using FifoDtls;
using FifoDtls.TestSupport;
using FifoVpn.Configuration;
using FifoVpn.Control;
using FifoVpn.Links;
using FifoVpn.Node;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Node;

/// <summary>Callers that are not configured, and peers that change while the node runs.</summary>
[Parallelizable(ParallelScope.Children)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class NodeDiscoveryTests : IDisposable
{
    private const int PeerSaysBye = 111;

    private static readonly TestNodeSettings Open = new() { Discover = true, HasAddresses = true };

    private readonly TestVpn _vpn = new();
    private readonly VpnMember _alpha;
    private readonly VpnMember _beta;
    private readonly VpnMember _gamma;

    public NodeDiscoveryTests()
    {
        _alpha = _vpn.Member("alpha");
        _beta = _vpn.Member("beta");
        _gamma = _vpn.Member("gamma");
    }

    public void Dispose() => _vpn.Dispose();

    [Test]
    [CancelAfter(60_000)]
    public void A_caller_of_the_same_authority_is_a_peer_with_the_addresses_of_its_certificate()
    {
        TestNode a = _vpn.Start(_alpha, Open);
        TestNode b = _vpn.Start(_beta, _alpha.Called());
        b.WaitUntilConnected(_alpha);
        Eventually.True(() => a.Node.Peers.Any(peer => peer.Link is not null), TestNode.Limit, "alpha has found beta");
        Assert.That(a.Node.PrefixesOf(a.Peer(_beta)), Is.EqualTo(_beta.Addresses.Select(IpPrefix.Host)));
        a.AssertReaches(b);
        b.AssertReaches(a);

        b.Dispose();
        a.Log.WaitFor(LogCapture.Disconnected, TestNode.Limit);
        TestNode again = _vpn.Start(_beta, _alpha.Called());
        again.WaitUntilConnected(_alpha);
        a.WaitUntilConnected(_beta);
        a.AssertReaches(again);
        Assert.That(a.Node.Peers, Has.Count.EqualTo(1));
    }

    [Test]
    [CancelAfter(60_000)]
    public void Addresses_outside_the_nodes_networks_do_not_count()
    {
        TestNode a = _vpn.Start(_alpha, Open);
        TestNode b = _vpn.Start(_beta, new TestNodeSettings { Context = _vpn.Context(_vpn.Authority, "beta", _beta.IPv4, VpnAddress.Parse("10.99.0.1")) }, _alpha.Called());
        b.WaitUntilConnected(_alpha);
        Eventually.True(() => a.Node.Peers.Any(peer => peer.Link is not null), TestNode.Limit, "alpha has found beta");
        Assert.That(a.Node.PrefixesOf(a.Peer(_beta)), Is.EqualTo(new[] { IpPrefix.Host(_beta.IPv4) }));
    }

    [TestCase("10.99.0.1", "the certificate of \"beta\" carries no address of this node's networks")]
    [TestCase("10.88.0.1", "the certificate of \"beta\" carries this node's own name or address")]
    [TestCase("10.88.0.3", "the certificate of \"beta\" carries 10.88.0.3, which another peer has")]
    [CancelAfter(60_000)]
    public void A_certificate_with_the_wrong_address_is_refused(string address, string reason)
    {
        TestNode a = _vpn.Start(_alpha, Open, _gamma.Awaited());
        TestNode b = _vpn.Start(_beta, new TestNodeSettings { Context = _vpn.Context(_vpn.Authority, "beta", VpnAddress.Parse(address)) }, _alpha.Called());
        Assert.That(a.Log.WaitFor(LogCapture.Refused, TestNode.Limit).Message, Does.EndWith(reason));
        Assert.That(b.Log.WaitFor(PeerSaysBye, TestNode.Limit).Message, Does.EndWith(reason));
        Assert.That(a.Node.Peers.Where(peer => peer.Link is not null), Is.Empty);
        b.Inject(TestNode.Packet(_gamma.IPv4, _alpha.IPv4));
        a.AssertNothingDelivered();
    }

    [Test]
    [CancelAfter(60_000)]
    public void An_address_that_a_found_peer_has_proved_is_taken()
    {
        TestNode a = _vpn.Start(_alpha, Open);
        TestNode b = _vpn.Start(_beta, _alpha.Called());
        b.WaitUntilConnected(_alpha);
        b.AssertReaches(a);
        TestNode thief = _vpn.Start(_gamma, new TestNodeSettings { Context = _vpn.Context(_vpn.Authority, "gamma", _beta.IPv4) }, _alpha.Called());
        Assert.That(a.Log.WaitFor(LogCapture.Refused, TestNode.Limit).Message, Does.Contain("carries 10.88.0.2, which another peer has"));
        a.AssertReaches(b);
        thief.AssertNothingDelivered();
    }

    [Test]
    [CancelAfter(60_000)]
    public void One_too_many_is_told_that_the_table_is_full_and_gets_in_when_another_has_gone()
    {
        TestNode a = _vpn.Start(_alpha, Open with { MaxPeers = 1 });
        TestNode b = _vpn.Start(_beta, _alpha.Called());
        b.WaitUntilConnected(_alpha);
        b.AssertReaches(a);
        TestNode c = _vpn.Start(_gamma, _alpha.Called());
        Assert.That(c.Log.WaitFor(PeerSaysBye, TestNode.Limit).Message, Does.EndWith("\"gamma\" is one too many: there are 1 peers"));
        b.AssertReaches(a);

        b.Dispose();
        Eventually.True(() => a.Node.Peers is [{ Name: "gamma", Link: not null }], TestNode.Limit, "gamma has taken beta's place");
        c.WaitUntilConnected(_alpha);
        c.AssertReaches(a);
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_refused_caller_is_told_why_and_closed()
    {
        _vpn.Start(_alpha, new TestNodeSettings { HasAddresses = true }, _beta.Awaited());
        using DtlsEndpoint endpoint = _vpn.Impostor(_gamma, _vpn.ContextOf(_gamma));
        using DtlsPeer association = endpoint.Connect(_alpha.Outside);
        ByeMessage bye = ReceiveBye(association);
        Assert.That((bye.Reason, bye.Text), Is.EqualTo((ByeReason.NotAPeer, "\"gamma\" is not among the configured peers")));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_node_that_ends_says_so()
    {
        TestNode a = _vpn.Start(_alpha, _gamma.Awaited());
        using DtlsEndpoint endpoint = _vpn.Impostor(_gamma, _vpn.ContextOf(_gamma));
        using DtlsPeer association = endpoint.Connect(_alpha.Outside);
        a.WaitUntilConnected(_gamma);
        a.Dispose();
        Assert.That(ReceiveBye(association).Reason, Is.EqualTo(ByeReason.ShuttingDown));
    }

    [Test]
    [CancelAfter(60_000)]
    public void Reloaded_peers_that_stay_keep_their_associations_and_those_that_are_gone_lose_them()
    {
        TestNode b = _vpn.Start(_beta, _alpha.Awaited());
        TestNode c = _vpn.Start(_gamma, _alpha.Awaited());
        TestNode a = _vpn.Start(_alpha, _beta.Called(), _gamma.Called());
        a.WaitUntilConnected(_beta);
        a.WaitUntilConnected(_gamma);
        c.WaitUntilConnected(_alpha);
        VpnPeer gone = a.Peer(_gamma);
        PeerLink kept = a.Peer(_beta).Link!;
        int changes = 0;
        a.Node.RoutesChanged = () => changes++;

        a.Node.ReplacePeers([_beta.Called()]);
        Eventually.True(() => gone.Link is null, TestNode.Limit, "gamma is no peer");
        c.Log.WaitFor(LogCapture.Disconnected, TestNode.Limit);
        Assert.That(a.Peer(_beta).Link, Is.SameAs(kept));
        Assert.That(changes, Is.GreaterThan(0));
        a.AssertReaches(b);
        a.Inject(TestNode.Packet(_alpha.IPv4, _gamma.IPv4));
        Eventually.Equal(1, () => a.Node.Counters.Drops(DropReason.NoRoute), TestNode.Limit, "packets without a peer");

        a.Node.ReplacePeers([_beta.Called(), _gamma.Called()]);
        a.WaitUntilConnected(_gamma);
        a.AssertReaches(c);
        Assert.That(a.Peer(_beta).Link, Is.SameAs(kept));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_peer_whose_certificate_lacks_its_new_address_loses_its_association()
    {
        TestNode b = _vpn.Start(_beta, _alpha.Called());
        TestNode a = _vpn.Start(_alpha, _beta.Awaited());
        a.WaitUntilConnected(_beta);
        PeerConfig other = _beta.Awaited() with { Addresses = [_gamma.IPv4] };
        a.Node.ReplacePeers([other]);
        b.Log.WaitFor(LogCapture.Disconnected, TestNode.Limit);
        Assert.That(a.Log.WaitFor(LogCapture.Refused, TestNode.Limit).Message, Does.EndWith("does not carry its configured address 10.88.0.3"));
    }

    private static ByeMessage ReceiveBye(DtlsPeer association)
    {
        byte[] buffer = new byte[16_384];
        ByeMessage? bye = null;
        while (association.Receive(buffer, TestNode.Limit) is { HasData: true } received)
        {
            ReadOnlySpan<byte> message = buffer.AsSpan(0, received.Length);
            if (ControlMessage.TypeOf(message) == ControlType.Bye)
            {
                Assert.That(ByeMessage.TryRead(message, out bye), Is.True);
            }
        }

        Assert.That(bye, Is.Not.Null, "it says why");
        return bye!;
    }
}
