using FifoDtls;
using FifoDtls.TestSupport;

namespace FifoVpn.Tests.Node;

/// <summary>Who calls whom, and when.</summary>
internal sealed class NodeConnectingTests
{
    [Test]
    [CancelAfter(120_000)]
    public void Nodes_that_call_each_other_at_the_same_moment_get_one_association()
    {
        using TestVpn vpn = new();
        VpnMember alpha = vpn.Member("alpha");
        VpnMember beta = vpn.Member("beta");
        for (int round = 1; round <= 20; round++)
        {
            using TestNode a = vpn.Create(alpha, beta.Called());
            using TestNode b = vpn.Create(beta, alpha.Called());
            using Barrier together = new(2);
            BlockingThread first = BlockingThread.Start("start alpha", () => StartAt(together, a));
            BlockingThread second = BlockingThread.Start("start beta", () => StartAt(together, b));
            BlockingThread.JoinAll(TestNode.Limit, first, second);
            a.WaitUntilConnected(beta);
            b.WaitUntilConnected(alpha);
            a.AssertReaches(b);
            b.AssertReaches(a);

            using (Assert.EnterMultipleScope())
            {
                AssertOneAssociation(a, round);
                AssertOneAssociation(b, round);
                Assert.That(a.Peer(beta).Link!.Role, Is.Not.EqualTo(b.Peer(alpha).Link!.Role));
            }
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public void One_side_that_knows_the_other_is_enough()
    {
        using TestVpn vpn = new();
        VpnMember alpha = vpn.Member("alpha");
        VpnMember beta = vpn.Member("beta");
        TestNode b = vpn.Start(beta, alpha.Awaited());
        TestNode a = vpn.Start(alpha, beta.Called());
        a.WaitUntilConnected(beta);
        b.WaitUntilConnected(alpha);
        a.AssertReaches(b);
        b.AssertReaches(a);
        Assert.That(a.Peer(beta).Link!.Role, Is.EqualTo(DtlsRole.Client));
        Assert.That(b.Peer(alpha).Link!.Role, Is.EqualTo(DtlsRole.Server));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_peer_that_comes_up_during_the_call_is_reached()
    {
        using TestVpn vpn = new();
        VpnMember alpha = vpn.Member("alpha");
        VpnMember beta = vpn.Member("beta");
        TestNode a = vpn.Start(alpha, beta.Called());
        Eventually.True(() => a.Node.EndpointStatistics.DatagramsSent > 0, TestNode.Limit, "alpha has called");

        TestNode b = vpn.Start(beta, alpha.Awaited());
        a.WaitUntilConnected(beta);
        a.AssertReaches(b);
        Assert.That(a.Log.WarningsAndErrors, Is.Empty);
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_peer_that_comes_up_after_a_failed_call_is_reached_by_the_next()
    {
        using TestVpn vpn = new();
        VpnMember alpha = vpn.Member("alpha");
        VpnMember beta = vpn.Member("beta");
        TestNode a = vpn.Start(alpha, new TestNodeSettings { HandshakeTimeout = TimeSpan.FromMilliseconds(300) }, beta.Called());
        LogEntry failed = a.Log.WaitFor(LogCapture.CallFailed, TestNode.Limit);
        Assert.That(failed.Message, Does.StartWith($"Calling beta failed: {beta.Outside}: ").And.Contain("0.3"));

        TestNode b = vpn.Start(beta, alpha.Awaited());
        a.WaitUntilConnected(beta);
        a.AssertReaches(b);
    }

    /// <summary>Whoever has the endpoint, the one that stays or the one that restarts, restores the connection.</summary>
    [TestCase(true, true)]
    [TestCase(true, false)]
    [TestCase(false, true)]
    [CancelAfter(60_000)]
    public void A_node_that_restarts_at_its_address_is_reached_again(bool stayingCalls, bool restartingCalls)
    {
        using TestVpn vpn = new();
        VpnMember alpha = vpn.Member("alpha");
        VpnMember beta = vpn.Member("beta");
        TestNode a = vpn.Start(alpha, stayingCalls ? beta.Called() : beta.Awaited());
        for (int life = 1; life <= 2; life++)
        {
            using TestNode b = vpn.Start(beta, restartingCalls ? alpha.Called() : alpha.Awaited());
            a.WaitUntilConnected(beta);
            b.WaitUntilConnected(alpha);
            a.AssertReaches(b);
            b.AssertReaches(a);
            b.Dispose();
            Assert.That(a.Log.WaitFor(LogCapture.Disconnected, TestNode.Limit, life).Message, Does.Contain("beta"));
        }
    }

    private static void StartAt(Barrier together, TestNode node)
    {
        Assert.That(together.SignalAndWait(TestNode.Limit), Is.True);
        node.Node.Start();
    }

    private static void AssertOneAssociation(TestNode node, int round)
    {
        DtlsEndpointStatistics statistics = node.Node.EndpointStatistics;
        string what = $"{node.Member.Name}, round {round}";
        Assert.That(statistics.Accepted + statistics.Connected, Is.EqualTo(1), what);
        Assert.That(statistics.Peers, Is.EqualTo(1), what);
        Assert.That(node.Log.WarningsAndErrors, Is.Empty, what);
    }
}
