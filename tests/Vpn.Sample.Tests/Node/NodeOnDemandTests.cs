using FifoDtls.TestSupport;
using FifoVpn.Configuration;
using FifoVpn.Node;

namespace FifoVpn.Tests.Node;

/// <summary>Peers that are connected when there is something to send.</summary>
[Parallelizable(ParallelScope.Children)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class NodeOnDemandTests : IDisposable
{
    private static readonly TestNodeSettings Settings = new() { HandshakeTimeout = TimeSpan.FromSeconds(5) };
    private static readonly TestNodeSettings Idle = Settings with { IdleTimeout = TimeSpan.FromMilliseconds(400) };

    private readonly TestVpn _vpn = new();
    private readonly VpnMember _alpha;
    private readonly VpnMember _beta;

    public NodeOnDemandTests()
    {
        _alpha = _vpn.Member("alpha");
        _beta = _vpn.Member("beta");
    }

    public void Dispose() => _vpn.Dispose();

    [Test]
    [CancelAfter(60_000)]
    public void The_first_packet_calls_the_peer_and_those_that_wait_arrive_in_order()
    {
        TestNode b = _vpn.Start(_beta, _alpha.Awaited());
        TestNode a = _vpn.Start(_alpha, OnDemand(_beta));
        Assert.That(a.Node.EndpointStatistics.DatagramsSent, Is.Zero);
        byte[][] packets = [.. Enumerable.Range(0, 40).Select(i => TestNode.Packet(_alpha.IPv4, _beta.IPv4, 100 + i))];
        foreach (byte[] packet in packets)
        {
            a.Inject(packet);
        }

        foreach (byte[] packet in packets)
        {
            Assert.That(b.Take().SequenceEqual(packet), Is.True, "in order");
        }

        Assert.That(a.Peer(_beta).Counters.TotalDrops, Is.Zero);
    }

    [Test]
    [CancelAfter(60_000)]
    public void Packets_to_a_peer_that_can_not_be_reached_are_counted()
    {
        TestNode a = _vpn.Start(_alpha, Settings with { HandshakeTimeout = TimeSpan.FromMilliseconds(200) }, OnDemand(_beta));
        byte[] packet = TestNode.Packet(_alpha.IPv4, _beta.IPv4);
        for (int i = 0; i < 5; i++)
        {
            a.Inject(packet);
        }

        Eventually.Equal(5, () => a.Peer(_beta).Counters.Drops(DropReason.NotConnected), TestNode.Limit, "packets dropped");
        a.Log.WaitFor(LogCapture.CallFailed, TestNode.Limit);

        TestNode b = _vpn.Start(_beta, _alpha.Awaited());
        a.AssertReaches(b);
    }

    [Test]
    [CancelAfter(60_000)]
    public void Without_packets_the_association_is_closed_and_the_next_packet_brings_it_back()
    {
        TestNode b = _vpn.Start(_beta, Settings, _alpha.Awaited());
        TestNode a = _vpn.Start(_alpha, Idle, OnDemand(_beta));
        a.AssertReaches(b);
        Assert.That(a.Log.WaitFor(LogCapture.Disconnected, TestNode.Limit).Message, Does.Contain("no packets for 0.4 s"));
        Assert.That(b.Log.WaitFor(LogCapture.Disconnected, TestNode.Limit).Message, Does.Contain("closed by the peer"));
        Assert.That(b.Log.WarningsAndErrors, Is.Empty, "that is nothing to warn of");
        a.AssertReaches(b);
        a.Log.WaitFor(LogCapture.Connected, TestNode.Limit, count: 2); // the line comes after the packet
    }

    [Test]
    [CancelAfter(60_000)]
    public void An_association_that_the_other_side_brings_back_is_not_idle_at_once()
    {
        TestNode b = _vpn.Start(_beta, Idle, OnDemand(_alpha));
        TestNode a = _vpn.Start(_alpha, Settings, OnDemand(_beta));
        a.AssertReaches(b);
        b.Log.WaitFor(LogCapture.Disconnected, TestNode.Limit);
        Eventually.True(() => a.Peer(_beta).Link is null, TestNode.Limit, "alpha knows it");
        Eventually.True(() => Environment.TickCount64 - b.Peer(_alpha).LastTraffic > 1_000, TestNode.Limit, "beta's last packet is long ago");

        a.Inject(TestNode.Packet(_alpha.IPv4, _beta.IPv4));
        b.Take();
        LogEntry connected = b.Log.WaitFor(LogCapture.Connected, TestNode.Limit, count: 2);
        LogEntry ended = b.Log.WaitFor(LogCapture.Disconnected, TestNode.Limit, count: 2);
        Assert.That(System.Diagnostics.Stopwatch.GetElapsedTime(connected.Timestamp, ended.Timestamp), Is.GreaterThan(TimeSpan.FromMilliseconds(300)));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_persistent_peer_is_never_idle()
    {
        TestNode b = _vpn.Start(_beta, Settings, _alpha.Awaited());
        TestNode a = _vpn.Start(_alpha, Idle, _beta.Called());
        a.WaitUntilConnected(_beta);
        Eventually.True(() => Environment.TickCount64 - a.Peer(_beta).LastTraffic > 1_200, TestNode.Limit, "three idle times pass");
        Assert.That(a.Log.Of(LogCapture.Disconnected), Is.Empty);
        a.AssertReaches(b);
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_peer_that_gets_its_endpoint_back_by_a_reload_is_called()
    {
        TestNode a = _vpn.Start(_alpha, Settings with { HandshakeTimeout = TimeSpan.FromMilliseconds(200) }, _beta.Called());
        a.Log.WaitFor(LogCapture.CallFailed, TestNode.Limit);
        a.Node.ReplacePeers([_beta.Awaited()]);
        TestNode b = _vpn.Start(_beta, _alpha.Awaited());
        a.Node.ReplacePeers([_beta.Called()]);
        a.WaitUntilConnected(_beta);
        a.AssertReaches(b);
    }

    private static PeerConfig OnDemand(VpnMember member) => member.Called() with { Persistent = false };
}
