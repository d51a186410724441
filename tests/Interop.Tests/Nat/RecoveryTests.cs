using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests.Nat;

/// <summary>What becomes of a link whose other end is killed, moves or sleeps, while packets are sent to it all the time. The keepalive is 2 s.</summary>
[Parallelizable(ParallelScope.Self)] // each mesh has namespaces of its own, and most of the time is waiting
internal sealed class RecoveryTests : MeshTestBase
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Three keepalives and 5 s for a handshake on a loaded machine; two and one handshake are what is aimed at.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds((3 * 2) + 5);

    [Test]
    [CancelAfter(180_000)]
    public void A_node_that_is_killed_and_started_again_is_reachable_again()
    {
        (MeshNode alpha, MeshNode beta, _) = StartNodes(NatKind.PortRestricted);
        using ChildProcess ping = PingAllTheTime(alpha, beta);

        beta.Up.Signal(ChildProcess.SigKill);
        beta.Up.WaitForExit(Limit);
        beta.StartAgain();
        beta.WaitUntilUp();
        AssertReachableAgain(alpha, beta, "after SIGKILL and a start");
    }

    [Test]
    [CancelAfter(180_000)]
    public void A_node_whose_NAT_mapping_was_replaced_is_reachable_again_by_a_resumed_session()
    {
        MeshNode alpha = _mesh.AddNode("alpha");
        NatRouter router = _mesh.AddRouter(NatKind.PortRestricted);
        MeshNode beta = _mesh.AddNode("beta", router);
        alpha.Start([], [beta.AsPeer()]);
        beta.Start([], [alpha.AsPeer($"{alpha.Outside}:{MeshNode.Port}")]); // always the caller, so it has the session
        alpha.WaitUntilUp();
        beta.WaitUntilUp();
        alpha.Reaches(beta);
        using ChildProcess ping = PingAllTheTime(alpha, beta);

        router.Become(NatKind.PortRestricted, MeshNode.Port, "20000-20999");
        router.Flush();
        AssertReachableAgain(alpha, beta, "after the NAT has forgotten all mappings");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(alpha.WhereIs(beta), Does.StartWith(router.PublicAddress + ":20"));
            Assert.That(beta.Log, Does.Match("Connected to alpha at .*, resumed"));
        }
    }

    [Test]
    [CancelAfter(180_000)]
    public void Nodes_whose_NAT_mappings_were_replaced_find_each_other_again()
    {
        (MeshNode alpha, MeshNode beta, NatRouter router) = StartNodes(NatKind.PortRestricted);
        using ChildProcess ping = PingAllTheTime(alpha, beta);

        Replace("20", "after the NAT has forgotten all mappings, by the rendezvous server");
        if (!IsResumed(alpha, beta))
        {
            // The one without a session had called, and been answered, before the other noticed. From then on both have one.
            (MeshNode caller, MeshNode called) = LastConnection(alpha, beta).Contains(" as Client", StringComparison.Ordinal) ? (alpha, beta) : (beta, alpha);
            Assert.That(Connections(caller, called).SkipLast(1), Has.All.Contains(" as Server"), "the caller had no session");
            Replace("21", "after the NAT has forgotten all mappings once more");
            AssertResumed(alpha, beta);
        }

        void Replace(string ports, string when)
        {
            router.Become(NatKind.PortRestricted, MeshNode.Port, $"{ports}000-{ports}999");
            router.Flush();
            AssertReachableAgain(alpha, beta, when);
            Assert.That(alpha.WhereIs(beta), Does.StartWith($"{router.PublicAddress}:{ports}"));
        }
    }

    [Test]
    [CancelAfter(180_000)]
    public void A_node_whose_address_was_replaced_is_reachable_again()
    {
        MeshNode alpha = _mesh.AddNode("alpha");
        MeshNode beta = _mesh.AddNode("beta");
        Start(alpha, beta);
        using ChildProcess ping = PingAllTheTime(alpha, beta);

        string moved = Move(beta, "7");
        AssertReachableAgain(alpha, beta, "at another address");
        Assert.That(alpha.WhereIs(beta), Is.EqualTo($"{moved}:{MeshNode.Port}"));
    }

    /// <summary>Nobody but the node that has moved can call then. It has a session if it was the caller before; else it has one from then on.</summary>
    [TestCase(true)]
    [TestCase(false)]
    [CancelAfter(180_000)]
    public void A_node_whose_address_was_replaced_calls_with_a_resumed_session_once_it_has_called(bool hasCalled)
    {
        MeshNode alpha = _mesh.AddNode("alpha");
        MeshNode beta = _mesh.AddNode("beta");
        JsonObject alphaEntry = alpha.AsPeer($"{alpha.Outside}:{MeshNode.Port}");
        alphaEntry["persistent"] = hasCalled;
        alpha.Start([], [hasCalled ? beta.AsPeer() : beta.AsPeer($"{beta.Outside}:{MeshNode.Port}")]);
        alpha.WaitUntilUp();
        beta.Start([], [alphaEntry]);
        beta.WaitUntilUp();
        alpha.Reaches(beta);
        Assert.That(alpha.Log, Does.Contain(hasCalled ? " as Server" : " as Client").And.Not.Contain(hasCalled ? " as Client" : " as Server"));
        using ChildProcess ping = PingAllTheTime(beta, alpha);

        string moved = Move(beta, "7");
        AssertReachableAgain(alpha, beta, "at another address");
        if (!hasCalled)
        {
            moved = Move(beta, "8");
            AssertReachableAgain(alpha, beta, "at a third address");
        }

        Assert.That(alpha.WhereIs(beta), Is.EqualTo($"{moved}:{MeshNode.Port}"));
        AssertResumed(alpha, beta);
    }

    /// <summary>Longer than any NAT mapping of an unanswered flow, and than two keepalives: both sides have given each other up.</summary>
    [Test]
    [CancelAfter(240_000)]
    public void A_node_that_has_slept_for_a_minute_is_reachable_again()
    {
        const int stop = 19;
        const int cont = 18;
        (MeshNode alpha, MeshNode beta, _) = StartNodes(NatKind.PortRestricted);
        using ChildProcess ping = PingAllTheTime(alpha, beta);

        beta.Up.Signal(stop);
        long asleep = Stopwatch.GetTimestamp();
        alpha.Up.WaitForLine(OutputStream.Error, "Disconnected from beta .*, no sign of life", Limit);
        Eventually.True(() => Stopwatch.GetElapsedTime(asleep) > TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(70), "60 s of sleep are over");
        beta.Up.Signal(cont);
        AssertReachableAgain(alpha, beta, "after a minute of sleep", TimeSpan.FromSeconds(30)); // alpha has long paused between its calls
    }

    private static void AssertReachableAgain(MeshNode alpha, MeshNode beta, string when, TimeSpan? bound = null)
    {
        long start = Stopwatch.GetTimestamp();
        Eventually.True(() => alpha.Pings(beta.IPv4), Limit, $"alpha reaches beta {when}");
        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        TestContext.Out.WriteLine($"Reachable {when}: in {taken.TotalSeconds:0.0} s");
        Assert.That(taken, Is.LessThan(bound ?? Bound));
        Eventually.True(() => beta.Pings(alpha.IPv4), Limit, $"beta reaches alpha {when}");
    }

    private static void AssertResumed(MeshNode node, MeshNode peer) => Assert.That(IsResumed(node, peer), LastConnection(node, peer));

    private static bool IsResumed(MeshNode node, MeshNode peer) => LastConnection(node, peer).Contains(", resumed", StringComparison.Ordinal);

    private static string LastConnection(MeshNode node, MeshNode peer) => Connections(node, peer)[^1];

    private static string[] Connections(MeshNode node, MeshNode peer) => [.. Regex.Matches(node.Log, $"Connected to {peer.Name} at .*").Select(match => match.Value)];

    /// <summary>Replaces the address of a node on the internet.</summary>
    /// <returns>The new one.</returns>
    private static string Move(MeshNode node, string host)
    {
        string network = node.Outside![..^1];
        node.Run("ip", "address", "flush", "dev", "veth0", "scope", "global").EnsureSuccess();
        node.Run("ip", "address", "add", $"{network}{host}/24", "dev", "veth0").EnsureSuccess();
        node.Run("ip", "route", "replace", "default", "via", $"{network}1").EnsureSuccess();
        return network + host;
    }

    private static ChildProcess PingAllTheTime(MeshNode from, MeshNode to) => from.StartTool("ping", "-i", "0.2", to.IPv4);

    /// <summary>Two connected nodes behind NATs.</summary>
    private (MeshNode Alpha, MeshNode Beta, NatRouter RouterOfBeta) StartNodes(NatKind kind)
    {
        MeshNode alpha = _mesh.AddNode("alpha", _mesh.AddRouter(kind));
        NatRouter router = _mesh.AddRouter(kind);
        MeshNode beta = _mesh.AddNode("beta", router);
        Start(alpha, beta);
        return (alpha, beta, router);
    }

    private void Start(MeshNode alpha, MeshNode beta)
    {
        _mesh.StartServer();
        alpha.Start([Mesh.At(Mesh.FirstServer)], [beta.AsPeer()]);
        beta.Start([Mesh.At(Mesh.FirstServer)], [alpha.AsPeer()]);
        alpha.WaitUntilRegistered();
        beta.WaitUntilRegistered();
        alpha.Reaches(beta);
    }
}
