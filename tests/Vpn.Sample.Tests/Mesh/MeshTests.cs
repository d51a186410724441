using System.Net;
using FifoDtls.TestSupport;
using FifoVpn.Configuration;
using FifoVpn.Node;
using FifoVpn.Rendezvous;
using FifoVpn.Tests.Node;

namespace FifoVpn.Tests.Mesh;

/// <summary>Nodes that find each other through rendezvous servers.</summary>
internal sealed class MeshTests
{
    private TestMesh _mesh = null!;

    [SetUp]
    public void MakeMesh() => _mesh = new TestMesh();

    [TearDown]
    public void EndMesh() => _mesh.Dispose();

    [Test]
    [CancelAfter(60_000)]
    public void A_packet_brings_two_nodes_together_that_know_only_each_others_names()
    {
        VpnMember alpha = _mesh.Member("alpha");
        VpnMember beta = _mesh.Member("beta");
        RendezvousConfig[] servers = [Serve("meet")];
        TestNode a = _mesh.Start(alpha, servers, beta.Awaited());
        TestNode b = _mesh.Start(beta, servers, alpha.Awaited());
        WaitUntilRegistered(a, b);

        a.AssertReaches(b);
        b.AssertReaches(a);
        Assert.That(a.Peer(beta).Link!.IsRelayed, Is.False);
        Assert.That(a.Peer(beta).Link!.RemoteEndPoint, Is.EqualTo(beta.Outside));
        AssertOneLink(a, b);
    }

    [Test]
    [CancelAfter(60_000)]
    public void Nodes_that_are_configured_with_nobody_find_whoever_has_the_address()
    {
        VpnMember alpha = _mesh.Member("alpha");
        VpnMember beta = _mesh.Member("beta");
        VpnMember gamma = _mesh.Member("gamma");
        RendezvousConfig[] servers = [Serve("meet")];
        TestNode a = _mesh.Start(alpha, servers);
        TestNode b = _mesh.Start(beta, servers);
        TestNode c = _mesh.Start(gamma, servers);
        WaitUntilRegistered(a, b, c);

        a.AssertReaches(b);
        c.AssertReaches(b);
        b.AssertReaches(a);
        c.AssertReaches(a);
        Assert.That(a.Node.Peers.Select(peer => peer.Name), Is.EquivalentTo(new[] { "beta", "gamma" }));
        AssertOneLink(a, b);
    }

    [Test]
    [CancelAfter(60_000)]
    public void An_address_that_nobody_has_is_counted_as_no_route()
    {
        VpnMember alpha = _mesh.Member("alpha");
        TestNode a = _mesh.Start(alpha, [Serve("meet")]);
        WaitUntilRegistered(a);
        a.Inject(TestNode.Packet(alpha.IPv4, FifoVpn.Packets.VpnAddress.Parse("10.88.0.77")));
        Eventually.Equal(1, () => a.Node.Counters.Drops(DropReason.NoRoute), TestNode.Limit, "packets for nobody");
        Assert.That(a.Node.Peers, Is.Empty);
    }

    [Test]
    [CancelAfter(120_000)]
    public void Behind_symmetric_NATs_the_server_relays()
    {
        VpnMember alpha = _mesh.Member("alpha");
        VpnMember beta = _mesh.Member("beta");
        IPEndPoint where = TestVpn.NewEndPoint();
        _mesh.Server("meet", where);
        using TestNat natA = new(where, TestVpn.NewEndPoint().Address);
        using TestNat natB = new(where, TestVpn.NewEndPoint().Address);
        TestNode a = _mesh.Start(alpha, [TestMesh.At("meet", natA.LocalEndPoint)], beta.Awaited());
        TestNode b = _mesh.Start(beta, [TestMesh.At("meet", natB.LocalEndPoint)], alpha.Awaited());
        WaitUntilRegistered(a, b);

        a.AssertReaches(b);
        b.AssertReaches(a);
        Assert.That(a.Peer(beta).Link!.Where, Is.EqualTo("relay meet"));
        a.AssertReaches(b, payloadLength: 1_200);
    }

    [Test]
    [CancelAfter(120_000)]
    public void A_node_whose_mapping_is_flushed_is_reachable_again_through_the_relay()
    {
        VpnMember alpha = _mesh.Member("alpha");
        VpnMember beta = _mesh.Member("beta");
        IPEndPoint where = TestVpn.NewEndPoint();
        _mesh.Server("meet", where);
        using TestNat nat = new(where, TestVpn.NewEndPoint().Address);
        using TestNat other = new(where, TestVpn.NewEndPoint().Address);
        TestNode a = _mesh.Start(alpha, [TestMesh.At("meet", nat.LocalEndPoint)], beta.Awaited());
        TestNode b = _mesh.Start(beta, [TestMesh.At("meet", other.LocalEndPoint)], alpha.Awaited());
        WaitUntilRegistered(a, b);
        a.AssertReaches(b);

        nat.Flush();
        Reaches(a, b);
    }

    [Test]
    [CancelAfter(60_000)]
    public void Sessions_survive_the_server_and_nodes_register_again_when_it_is_back()
    {
        VpnMember alpha = _mesh.Member("alpha");
        VpnMember beta = _mesh.Member("beta");
        VpnMember gamma = _mesh.Member("gamma");
        IPEndPoint where = TestVpn.NewEndPoint();
        RendezvousConfig[] servers = [TestMesh.At("meet", where)];
        TestNode a = _mesh.Start(alpha, servers); // before the server
        TestNode b = _mesh.Start(beta, servers);
        RendezvousServer server = _mesh.Server("meet", where);
        WaitUntilRegistered(a, b);
        a.AssertReaches(b);

        server.Dispose();
        Eventually.True(() => a.Node.RendezvousServers.All(client => !client.IsRegistered), TestNode.Limit, "alpha notices");
        a.AssertReaches(b);
        b.AssertReaches(a);

        _mesh.Server("meet", where);
        TestNode c = _mesh.Start(gamma, servers);
        WaitUntilRegistered(a, b, c);
        c.AssertReaches(a);
        Assert.That(a.Log.Of(LogCapture.Disconnected), Is.Empty);
    }

    [Test]
    [CancelAfter(60_000)]
    public void One_of_two_servers_is_enough()
    {
        VpnMember alpha = _mesh.Member("alpha");
        VpnMember beta = _mesh.Member("beta");
        RendezvousConfig dead = TestMesh.At("dead", TestVpn.NewEndPoint());
        RendezvousConfig alive = Serve("alive");
        TestNode a = _mesh.Start(alpha, [dead, alive], beta.Awaited());
        TestNode b = _mesh.Start(beta, [alive, dead], alpha.Awaited());
        Eventually.True(() => new[] { a, b }.All(node => node.Node.RendezvousServers.Any(client => client.IsRegistered)), TestNode.Limit, "both are registered");
        a.AssertReaches(b);
    }

    /// <summary>A node is no rendezvous server, whatever it is called.</summary>
    [Test]
    [CancelAfter(60_000)]
    public void A_nodes_certificate_does_not_make_a_server()
    {
        VpnMember alpha = _mesh.Member("alpha");
        VpnMember beta = _mesh.Member("beta");
        _mesh.Start(beta, []);
        TestNode a = _mesh.Start(alpha, [TestMesh.At("beta", beta.Outside)]);
        const int notReached = 122;
        Assert.That(a.Log.WaitFor(notReached, TestNode.Limit).Message, Does.Contain("is not that of a rendezvous server"));
        Assert.That(a.Node.RendezvousServers[0].IsRegistered, Is.False);
    }

    [Test]
    [CancelAfter(180_000)]
    public void Two_hundred_cold_starts_in_which_both_call_at_once_end_in_one_association()
    {
        RendezvousConfig[] servers = [Serve("meet")];
        VpnMember alpha = _mesh.Member("alpha");
        VpnMember beta = _mesh.Member("beta");
        for (int round = 0; round < 200; round++)
        {
            using TestNode a = _mesh.Start(alpha, servers, beta.Awaited());
            using TestNode b = _mesh.Start(beta, servers, alpha.Awaited());
            WaitUntilRegistered(a, b);
            byte[] there = TestNode.Packet(alpha.IPv4, beta.IPv4);
            byte[] back = TestNode.Packet(beta.IPv4, alpha.IPv4);
            using Barrier together = new(2);
            BlockingThread first = BlockingThread.Start("alpha's packet", () => At(together, a, there));
            BlockingThread second = BlockingThread.Start("beta's packet", () => At(together, b, back));
            BlockingThread.JoinAll(TestNode.Limit, first, second);
            Assert.That(b.Take().SequenceEqual(there), Is.True);
            Assert.That(a.Take().SequenceEqual(back), Is.True);
            AssertOneLink(a, b);
        }
    }

    private static void At(Barrier together, TestNode node, byte[] packet)
    {
        Assert.That(together.SignalAndWait(TestNode.Limit), Is.True);
        node.Inject(packet);
    }

    private static void AssertOneLink(TestNode a, TestNode b)
    {
        Eventually.True(() => Links(a, b) is [{ } own] && Links(b, a) is [{ } other] && own != other, TestNode.Limit, $"one association, of a client and a server\n{string.Join('\n', a.Log.All)}\n\n{string.Join('\n', b.Log.All)}");

        static FifoDtls.DtlsRole?[] Links(TestNode node, TestNode of) =>
            [.. node.Node.Peers.Where(peer => peer.Name == of.Member.Name).SelectMany(peer => peer.Links).Select(link => (FifoDtls.DtlsRole?)link.Role)];
    }

    /// <summary>Sends packets until one arrives: those on their way when something breaks are lost.</summary>
    private static void Reaches(TestNode from, TestNode to)
    {
        byte[] packet = TestNode.Packet(from.Member.IPv4, to.Member.IPv4);
        byte[] buffer = new byte[to.Device.Mtu];
        Eventually.True(
            () =>
            {
                from.Inject(packet);
                return to.Device.Take(buffer, TimeSpan.FromMilliseconds(200), out int length) == FifoVpn.Devices.PacketQueueResult.Done && buffer.AsSpan(0, length).SequenceEqual(packet);
            },
            TimeSpan.FromSeconds(60),
            "a packet arrives");
    }

    private static void WaitUntilRegistered(params TestNode[] nodes)
    {
        foreach (TestNode node in nodes)
        {
            Eventually.True(() => node.Node.RendezvousServers.All(client => client.IsRegistered), TestNode.Limit, $"{node.Member.Name} is registered");
        }
    }

    private RendezvousConfig Serve(string name)
    {
        IPEndPoint where = TestVpn.NewEndPoint();
        _mesh.Server(name, where);
        return TestMesh.At(name, where);
    }
}
