using System.Net;
using System.Net.Sockets;
using FifoDtls.TestSupport;
using FifoVpn.Configuration;
using FifoVpn.Links;
using FifoVpn.Node;

namespace FifoVpn.Tests.Node;

/// <summary>Nodes lose each other and find each other again.</summary>
[Parallelizable(ParallelScope.Children)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class NodeHealingTests : IDisposable
{
    private static readonly TimeSpan Keepalive = TimeSpan.FromMilliseconds(300);
    private static readonly TestNodeSettings Settings = new() { Keepalive = Keepalive, HandshakeTimeout = TimeSpan.FromSeconds(5) };

    private readonly TestVpn _vpn = new();
    private readonly VpnMember _alpha;
    private readonly VpnMember _beta;
    private readonly UdpRelay _relay;

    public NodeHealingTests()
    {
        _alpha = _vpn.Member("alpha");
        _beta = _vpn.Member("beta");
        _relay = new UdpRelay(_beta.Outside);
    }

    public void Dispose()
    {
        _vpn.Dispose();
        _relay.Dispose();
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_peer_of_which_nothing_comes_is_dead_after_two_intervals_and_comes_back_by_a_resumed_handshake()
    {
        TestNode a = _vpn.Start(_alpha, Settings, _beta.CalledAt(_relay.Front));
        TestNode b = _vpn.Start(_beta, Settings, _alpha.Awaited());
        a.WaitUntilConnected(_beta);
        b.WaitUntilConnected(_alpha);
        a.AssertReaches(b);
        PeerLink before = a.Peer(_beta).Link!;
        Assert.That(before.Negotiated.WasResumed, Is.False);

        _relay.IsCut = true;
        Assert.That(a.Log.WaitFor(LogCapture.Disconnected, TestNode.Limit).Message, Does.Contain("no sign of life for 0.6 s"));
        Assert.That(b.Log.WaitFor(LogCapture.Disconnected, TestNode.Limit).Message, Does.Contain("no sign of life for 0.6 s"));
        _relay.IsCut = false;
        Eventually.True(() => a.Peer(_beta).Link is { } link && link != before, TestNode.Limit, "alpha is connected again");
        b.WaitUntilConnected(_alpha);
        a.AssertReaches(b);
        b.AssertReaches(a);
        Assert.That(a.Peer(_beta).Link!.Negotiated.WasResumed, Is.True);
    }

    [Test]
    [CancelAfter(60_000)]
    public void Silent_peers_that_are_there_stay_connected()
    {
        TestNode b = _vpn.Start(_beta, Settings, _alpha.Awaited());
        TestNode a = _vpn.Start(_alpha, Settings, _beta.Called());
        a.WaitUntilConnected(_beta);
        b.WaitUntilConnected(_alpha);
        PeerLink link = a.Peer(_beta).Link!;
        Eventually.True(() => link.RoundTrip is not null && DateTimeOffset.UtcNow - link.EstablishedAt > 5 * Keepalive, TestNode.Limit, "pings were answered for five intervals");
        Assert.That((a.Peer(_beta).Link, b.Log.Of(LogCapture.Disconnected).Count), Is.EqualTo((link, 0)));
        Assert.That(a.Peer(_beta).Ping(TestNode.Limit), Is.GreaterThan(TimeSpan.Zero));
        Assert.That(link.RoundTrip, Is.LessThan(TimeSpan.FromSeconds(20)));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_peer_whose_address_changes_is_reached_again_by_a_resumed_handshake()
    {
        TestNode b = _vpn.Start(_beta, Settings, _alpha.Awaited());
        TestNode a = _vpn.Start(_alpha, Settings, _beta.CalledAt(_relay.Front));
        a.WaitUntilConnected(_beta);
        b.WaitUntilConnected(_alpha);
        PeerLink before = a.Peer(_beta).Link!;
        _relay.Rebind();
        Eventually.True(() => a.Peer(_beta).Link is { } link && link != before, TestNode.Limit, "alpha is connected again");
        Eventually.True(() => _relay.Back.Equals(b.Peer(_alpha).Link?.RemoteEndPoint), TestNode.Limit, "beta sees alpha at its new address");
        a.AssertReaches(b);
        b.AssertReaches(a);
        Assert.That(a.Peer(_beta).Link!.Negotiated.WasResumed, Is.True);
        Eventually.Equal(1, () => b.Node.EndpointStatistics.Peers, TestNode.Limit, "associations of beta");
    }

    /// <summary>The relay drops what the dying node says: as if it had been killed.</summary>
    [Test]
    [CancelAfter(60_000)]
    public void A_peer_that_is_killed_and_restarted_at_its_address_is_reached_again()
    {
        TestNode a = _vpn.Start(_alpha, Settings, _beta.CalledAt(_relay.Front));
        TestNode first = _vpn.Start(_beta, Settings, _alpha.Awaited());
        a.WaitUntilConnected(_beta);
        a.AssertReaches(first);
        _relay.IsCut = true;
        first.Dispose();
        _relay.IsCut = false;

        TestNode second = _vpn.Start(_beta, Settings, _alpha.Awaited());
        second.WaitUntilConnected(_alpha);
        a.WaitUntilConnected(_beta);
        a.AssertReaches(second);
        second.AssertReaches(a);
    }

    [Test]
    [CancelAfter(60_000)]
    public void Links_at_two_addresses_at_once_end_in_exactly_one()
    {
        using UdpRelay back = new(_alpha.Outside);
        for (int round = 0; round < 2; round++)
        {
            using TestNode a = _vpn.Create(_alpha, Settings, _beta.CalledAt(_relay.Front));
            using TestNode b = _vpn.Create(_beta, Settings, _alpha.CalledAt(back.Front));
            using Barrier together = new(2);
            BlockingThread.JoinAll(TestNode.Limit, [.. new[] { a, b }.Select(node => BlockingThread.Start("start", () =>
            {
                together.SignalAndWait(TestNode.Limit);
                node.Node.Start();
            }))]);
            a.WaitUntilConnected(_beta);
            b.WaitUntilConnected(_alpha);
            Eventually.True(() => (a.Node.EndpointStatistics.Peers, b.Node.EndpointStatistics.Peers) == (1, 1), TestNode.Limit, $"one association, round {round}");
            Eventually.True(() => a.Peer(_beta).Link is { } x && b.Peer(_alpha).Link is { } y && x.Role != y.Role, TestNode.Limit, "both use it");
            a.AssertReaches(b);
            b.AssertReaches(a);
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_host_name_is_tried_at_all_its_addresses()
    {
        // What localhost is, the system says; the node is at the last of its addresses.
        IPAddress last = Dns.GetHostAddresses("localhost")[^1];
        using UdpClient probe = new(new IPEndPoint(last, 0));
        VpnMember there = new("there", 8, (IPEndPoint)probe.Client.LocalEndPoint!);
        probe.Dispose();
        VpnMember here = new("here", 9, new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, 0));
        TestNode b = _vpn.Start(there, Settings, here.Awaited());
        TestNode a = _vpn.Start(here, Settings, there.Awaited() with { Endpoint = new PeerEndpoint("localhost", there.Outside.Port, null) });
        a.WaitUntilConnected(there);
        b.WaitUntilConnected(here);
        a.AssertReaches(b);
        Assert.That(a.Peer(there).Link!.RemoteEndPoint, Is.EqualTo(there.Outside));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_host_name_that_can_not_be_resolved_is_told_and_looked_up_again()
    {
        TestNode a = _vpn.Start(_alpha, Settings, _beta.Awaited() with { Endpoint = new PeerEndpoint("nobody.invalid", 4443, null) });
        LogEntry first = a.Log.WaitFor(LogCapture.CallFailed, TestNode.Limit);
        Assert.That(first.Message, Does.StartWith("Calling beta failed: nobody.invalid:4443: "));
        a.Log.WaitFor(LogCapture.CallFailed, TestNode.Limit, count: 2);
    }
}
