using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests.Nat;

/// <summary>Nodes behind NATs that a direct path leads through.</summary>
[Parallelizable(ParallelScope.Self)] // each mesh has namespaces of its own, and most of the time is waiting
internal sealed class HolePunchingTests : MeshTestBase
{
    [TestCase(NatKind.PortRestricted, NatKind.PortRestricted)]
    [TestCase(NatKind.FullCone, NatKind.Symmetric)]
    [CancelAfter(180_000)]
    public void Behind_two_NATs_the_nodes_reach_each_other_directly(NatKind first, NatKind second)
    {
        NatRouter routerA = _mesh.AddRouter(first);
        NatRouter routerB = _mesh.AddRouter(second);
        MeshNode alpha = _mesh.AddNode("alpha", routerA);
        MeshNode beta = _mesh.AddNode("beta", routerB);
        StartAll(alpha, beta);

        alpha.Reaches(beta);
        beta.Reaches(alpha);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(alpha.WhereIs(beta), Does.StartWith(routerB.PublicAddress + ":"));
            Assert.That(beta.WhereIs(alpha), Does.StartWith(routerA.PublicAddress + ":"));
        }
    }

    [Test]
    [CancelAfter(180_000)]
    public void Behind_the_same_NAT_the_local_addresses_are_used()
    {
        NatRouter router = _mesh.AddRouter(NatKind.PortRestricted);
        MeshNode alpha = _mesh.AddNode("alpha", router);
        MeshNode beta = _mesh.AddNode("beta", router);
        StartAll(alpha, beta);

        alpha.Reaches(beta);
        beta.Reaches(alpha);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(alpha.WhereIs(beta), Is.EqualTo($"{NatNetwork.InnerAddress(1)}:{MeshNode.Port}"));
            Assert.That(beta.WhereIs(alpha), Is.EqualTo($"{NatNetwork.InnerAddress(0)}:{MeshNode.Port}"));
        }
    }

    /// <summary>The router does not lead packets for its public address back inside, so only the relay is left.</summary>
    [Test]
    [CancelAfter(180_000)]
    public void Behind_the_same_NAT_without_a_way_between_them_the_server_relays()
    {
        NatRouter router = _mesh.AddRouter(NatKind.PortRestricted);
        MeshNode alpha = _mesh.AddNode("alpha", router);
        MeshNode beta = _mesh.AddNode("beta", router);
        router.SeparateHosts();
        StartAll(alpha, beta);

        alpha.Reaches(beta);
        beta.Reaches(alpha);
        Assert.That(alpha.WhereIs(beta), Is.EqualTo("relay meet"));
    }

    [Test]
    [CancelAfter(180_000)]
    public void Behind_the_same_NAT_that_loops_back_the_public_addresses_are_used_where_the_local_ones_fail()
    {
        NatRouter router = _mesh.AddRouter(NatKind.PortRestricted);
        MeshNode alpha = _mesh.AddNode("alpha", router);
        MeshNode beta = _mesh.AddNode("beta", router);
        router.Hairpin(MeshNode.Port);
        router.SeparateHosts();
        StartAll(alpha, beta);

        alpha.Reaches(beta);
        beta.Reaches(alpha);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(alpha.WhereIs(beta), Is.EqualTo($"{router.PublicAddress}:{NatRouter.HairpinPort(1)}"));
            Assert.That(beta.WhereIs(alpha), Is.EqualTo($"{router.PublicAddress}:{NatRouter.HairpinPort(0)}"));
        }
    }

    [Test]
    [CancelAfter(180_000)]
    public void Over_IPv6_without_NAT_the_nodes_reach_each_other()
    {
        MeshNode alpha = _mesh.AddNode("alpha");
        MeshNode beta = _mesh.AddNode("beta");
        _mesh.StartServer(listen: $"[{NatNetwork.ServerIPv6}]");
        object[] servers = [Mesh.At(Mesh.FirstServer, $"[{NatNetwork.ServerIPv6}]")];
        alpha.Start(servers, [beta.AsPeer()], ("listen", $"[::]:{MeshNode.Port}"));
        beta.Start(servers, [alpha.AsPeer()], ("listen", $"[::]:{MeshNode.Port}"));
        alpha.WaitUntilRegistered();
        beta.WaitUntilRegistered();

        alpha.Reaches(beta);
        beta.Reaches(alpha);
        Assert.That(alpha.WhereIs(beta), Is.EqualTo($"[{NatNetwork.PublicIPv6(1)}]:{MeshNode.Port}"));
    }

    [Test]
    [CancelAfter(180_000)]
    public void Nodes_without_peers_find_each_other_by_their_VPN_addresses()
    {
        MeshNode[] nodes =
        [
            _mesh.AddNode("alpha", _mesh.AddRouter(NatKind.PortRestricted)),
            _mesh.AddNode("beta", _mesh.AddRouter(NatKind.PortRestricted)),
            _mesh.AddNode("gamma"),
        ];
        _mesh.StartServer();
        foreach (MeshNode node in nodes)
        {
            node.Start([Mesh.At(Mesh.FirstServer)], [], ("discover", true));
        }

        Array.ForEach(nodes, node => node.WaitUntilRegistered());
        foreach (MeshNode from in nodes)
        {
            foreach (MeshNode to in nodes.Where(node => node != from))
            {
                from.Reaches(to);
                Assert.That(from.WhereIs(to), Does.Not.StartWith("relay"));
            }
        }
    }

    private void StartAll(MeshNode alpha, MeshNode beta)
    {
        _mesh.StartServer();
        object[] servers = [Mesh.At(Mesh.FirstServer)];
        alpha.Start(servers, [beta.AsPeer()]);
        beta.Start(servers, [alpha.AsPeer()]);
        alpha.WaitUntilRegistered();
        beta.WaitUntilRegistered();
    }
}
