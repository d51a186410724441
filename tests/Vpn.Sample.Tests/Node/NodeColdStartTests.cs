using FifoDtls;
using FifoDtls.TestSupport;

namespace FifoVpn.Tests.Node;

/// <summary>Nodes that start and call each other at the same moment.</summary>
[Parallelizable(ParallelScope.Children)]
internal sealed class NodeColdStartTests
{
    private const int Rounds = 20;
    private const int Pairs = 10;

    [Test]
    [CancelAfter(120_000)]
    public void Two_hundred_simultaneous_cold_starts_end_in_one_association_each()
    {
        TestNodeSettings settings = new() { HandshakeTimeout = TimeSpan.FromSeconds(10) };
        using TestVpn vpn = new();
        VpnMember[][] members = [.. Enumerable.Range(0, Pairs).Select(pair => new[] { vpn.Member($"alpha{pair}"), vpn.Member($"beta{pair}") })];
        for (int round = 0; round < Rounds; round++)
        {
            List<TestNode> nodes = [];
            foreach (VpnMember[] pair in members)
            {
                nodes.Add(vpn.Create(pair[0], settings, pair[1].Called()));
                nodes.Add(vpn.Create(pair[1], settings, pair[0].Called()));
            }

            using Barrier together = new(nodes.Count);
            BlockingThread.JoinAll(TestNode.Limit, [.. nodes.Select(node => BlockingThread.Start("start", () =>
            {
                together.SignalAndWait(TestNode.Limit);
                node.Node.Start();
            }))]);
            for (int pair = 0; pair < Pairs; pair++)
            {
                AssertOneAssociation(nodes[2 * pair], nodes[(2 * pair) + 1], $"round {round}, pair {pair}");
            }

            BlockingThread.JoinAll(TestNode.Limit, [.. nodes.Select(node => BlockingThread.Start("dispose", node.Dispose))]);
        }
    }

    private static void AssertOneAssociation(TestNode a, TestNode b, string what)
    {
        a.WaitUntilConnected(b.Member);
        b.WaitUntilConnected(a.Member);
        a.AssertReaches(b);
        b.AssertReaches(a);
        DtlsEndpointStatistics first = a.Node.EndpointStatistics;
        DtlsEndpointStatistics second = b.Node.EndpointStatistics;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((first.Accepted + first.Connected, second.Accepted + second.Connected), Is.EqualTo((1, 1)), what);
            Assert.That((first.Peers, second.Peers), Is.EqualTo((1, 1)), what);
            Assert.That((a.Log.WarningsAndErrors.Count, b.Log.WarningsAndErrors.Count), Is.EqualTo((0, 0)), what);
        }
    }
}
