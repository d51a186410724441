using System.Net;
using FifoDtls.TestSupport;
using FifoVpn.Configuration;
using FifoVpn.Node;
using FifoVpn.Packets;
using FifoVpn.Tests.Node;

namespace FifoVpn.Tests.Mesh;

/// <summary>Who a call through a rendezvous server leads to, and by which way.</summary>
internal sealed class MeshCallTests
{
    private TestMesh _mesh = null!;
    private RendezvousConfig[] _servers = null!;

    [SetUp]
    public void MakeMesh()
    {
        _mesh = new TestMesh();
        IPEndPoint where = TestVpn.NewEndPoint();
        _mesh.Server("meet", where);
        _servers = [TestMesh.At("meet", where)];
    }

    [TearDown]
    public void EndMesh() => _mesh.Dispose();

    /// <summary>Both call at once: the one that comes too late must wait for the other's call, and not take the way through the server, which would become the newer one.</summary>
    [Test]
    [CancelAfter(180_000)]
    public void Nodes_that_can_reach_each_other_never_begin_an_association_through_the_server()
    {
        VpnMember alpha = _mesh.Member("alpha");
        VpnMember beta = _mesh.Member("beta");
        for (int round = 0; round < 15; round++)
        {
            using TestNode a = _mesh.Start(alpha, _servers);
            using TestNode b = _mesh.Start(beta, _servers);
            WaitUntilRegistered(a, b);
            a.AssertReaches(b);
            b.AssertReaches(a);
            b.Dispose();
            a.Dispose(); // their threads have ended: all has been said
            Assert.That(a.Log.All.Concat(b.Log.All).Where(entry => entry.Message.Contains("relay meet", StringComparison.Ordinal)), Is.Empty, $"round {round}");
        }
    }

    /// <summary>What a server supposes and what the certificate then says are the same here; it is settled all the same.</summary>
    [Test]
    [CancelAfter(60_000)]
    public void A_node_that_was_found_by_its_only_address_keeps_it()
    {
        _mesh.AddressesOf = member => [member.IPv4];
        VpnMember alpha = _mesh.Member("alpha");
        VpnMember beta = _mesh.Member("beta");
        VpnMember gamma = _mesh.Member("gamma");
        TestNode a = _mesh.Start(alpha, _servers);
        TestNode b = _mesh.Start(beta, _servers);
        WaitUntilRegistered(a, b);
        byte[] packet = TestNode.Packet(alpha.IPv4, beta.IPv4);
        a.Inject(packet);
        Assert.That(b.Take().SequenceEqual(packet), Is.True);

        _mesh.AddressesOf = _ => [beta.IPv4];
        TestNode thief = _mesh.Start(gamma, [], alpha.Called());

        Assert.That(a.Log.WaitFor(LogCapture.Refused, TestNode.Limit).Message, Does.EndWith($"carries {beta.IPv4}, which another peer has"));
        Assert.That(a.Node.PrefixesOf(a.Peer(beta)), Is.EqualTo(new[] { IpPrefix.Host(beta.IPv4) }));
        thief.AssertNothingDelivered();
    }

    private static void WaitUntilRegistered(params TestNode[] nodes)
    {
        foreach (TestNode node in nodes)
        {
            Eventually.True(() => node.Node.RendezvousServers.All(client => client.IsRegistered), TestNode.Limit, $"{node.Member.Name} is registered");
        }
    }
}
