using FifoDtls.TestSupport;
using FifoVpn.Devices;
using FifoVpn.Node;

namespace FifoVpn.Tests.Node;

/// <summary>Rates of peers and of the node.</summary>
[Parallelizable(ParallelScope.Children)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class NodeRateTests : IDisposable
{
    private readonly TestVpn _vpn = new();
    private readonly VpnMember _alpha;
    private readonly VpnMember _slow;
    private readonly VpnMember _other;

    public NodeRateTests()
    {
        _alpha = _vpn.Member("alpha");
        _slow = _vpn.Member("slow");
        _other = _vpn.Member("other");
    }

    public void Dispose() => _vpn.Dispose();

    [Test]
    [CancelAfter(60_000)]
    public void A_flooded_slow_peer_costs_another_nothing()
    {
        TestNode slow = _vpn.Start(_slow, _alpha.Awaited());
        TestNode other = _vpn.Start(_other, _alpha.Awaited());
        TestNode a = _vpn.Start(_alpha, _slow.Called() with { RateLimit = 100_000 }, _other.Called());
        a.WaitUntilConnected(_slow);
        a.WaitUntilConnected(_other);
        other.WaitUntilConnected(_alpha);
        byte[] flood = TestNode.Packet(_alpha.IPv4, _slow.IPv4, 1_000);
        using CancellationTokenSource done = new();
        BlockingThread flooding = BlockingThread.Start("flood", () =>
        {
            while (!done.IsCancellationRequested && a.Device.Inject(flood, TestNode.Limit) == PacketQueueResult.Done)
            {
            }
        });
        long begun = Environment.TickCount64;
        try
        {
            Eventually.True(() => a.Peer(_slow).Counters.Drops(DropReason.RateLimit) > 1_000, TestNode.Limit, "the slow peer is flooded");
            for (int ping = 0; ping < 100; ping++)
            {
                a.AssertReaches(other);
                other.AssertReaches(a);
            }
        }
        finally
        {
            done.Cancel();
            flooding.Join(TestNode.Limit);
        }

        long seconds = ((Environment.TickCount64 - begun) / 1_000) + 1;
        Assert.That(a.Peer(_slow).Counters.BytesSent, Is.InRange(5_000, (100_000 * seconds) + 16_384 + 100_000), "the slow peer gets its rate and no more");
        Assert.That(a.Peer(_other).Counters.TotalDrops, Is.Zero);
        Assert.That(slow.Peer(_alpha).Counters.PacketsReceived, Is.GreaterThan(0));
    }

    [Test]
    [CancelAfter(60_000)]
    public void The_rate_of_the_node_holds_for_all_peers_together_and_that_of_its_peers_for_each()
    {
        _vpn.Start(_slow, _alpha.Awaited());
        _vpn.Start(_other, _alpha.Awaited());
        TestNode a = _vpn.Start(_alpha, new TestNodeSettings { RateLimit = 60_000, PeerRateLimit = 40_000 }, _slow.Called(), _other.Called());
        a.WaitUntilConnected(_slow);
        a.WaitUntilConnected(_other);
        byte[][] packets = [TestNode.Packet(_alpha.IPv4, _slow.IPv4, 1_000), TestNode.Packet(_alpha.IPv4, _other.IPv4, 1_000)];
        long begun = Environment.TickCount64;
        for (int i = 0; i < 200; i++)
        {
            a.Inject(packets[i % 2]);
        }

        // 200 kB in bursts of 16 KiB; each queue holds 64 KiB, and what it can't hold is counted.
        Eventually.Equal(200, () => a.Node.Peers.Sum(peer => peer.Counters.PacketsSent + peer.Counters.Drops(DropReason.RateLimit)), TestNode.Limit, "all sent or dropped");
        double seconds = (Environment.TickCount64 - begun + 20) / 1_000.0;
        long bytes = a.Node.Peers.Sum(peer => peer.Counters.BytesSent);
        Assert.That(bytes, Is.LessThanOrEqualTo((60_000 * seconds) + 16_384 + 1_400));
        Assert.That(a.Node.Peers.Select(peer => peer.Counters.BytesSent), Is.All.LessThanOrEqualTo((40_000 * seconds) + 16_384 + 1_400).And.All.GreaterThan(30_000));
    }
}
