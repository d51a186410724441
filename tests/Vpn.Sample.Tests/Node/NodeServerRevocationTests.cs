using System.Net;
using FifoDtls;
using FifoDtls.TestSupport;
using FifoVpn.Configuration;
using FifoVpn.Devices;
using FifoVpn.Node;
using FifoVpn.Packets;
using FifoVpn.Pki;
using FifoVpn.Rendezvous;
using FifoVpn.Tests.Mesh;
using FifoVpn.Tests.Rendezvous;

namespace FifoVpn.Tests.Node;

/// <summary>A rendezvous server whose certificate is revoked while a node is registered with it.</summary>
internal sealed class NodeServerRevocationTests
{
    private const int Lost = 121;
    private const int NotReached = 122;

    [Test]
    [CancelAfter(60_000)]
    public void The_node_ends_its_association_with_the_server_and_does_not_come_back()
    {
        using TestVpn vpn = new();
        VpnMember alpha = vpn.Member("alpha");
        IPEndPoint where = TestVpn.NewEndPoint();
        using NodeCertificate meet = vpn.Authority.Issue(CertificateIdentity.Rendezvous("meet"));
        using DtlsContext serverContext = Context(vpn.Authority, meet, lists: null);
        using NodeCertificate own = vpn.Authority.Issue("alpha", alpha.Addresses);
        using DtlsContext context = Context(vpn.Authority, own, ServerRevocationTests.List(vpn.Authority, 1));
        LogCapture log = new();
        using RendezvousServer server = new(new RendezvousServerOptions { Name = "meet", Listen = where, Context = serverContext }, new LogCapture());
        using VpnNode node = new(
            new VpnNodeOptions { Name = "alpha", Listen = alpha.Outside, Context = context, Peers = [], Rendezvous = [TestMesh.At("meet", where)] },
            new MemoryPacketDevice("mem", VpnNodeOptions.DefaultMtu),
            log);
        node.Start();
        FifoVpn.Rendezvous.RendezvousClient client = node.RendezvousServers[0];
        Eventually.True(() => client.IsRegistered, TestNode.Limit, "alpha is registered");
        Assert.That(node.EndRevoked(), Is.Zero);

        Assert.That(context.UpdateRevocationLists(ServerRevocationTests.List(vpn.Authority, 2, meet.Certificate)), Is.EqualTo(1));
        Assert.That(node.EndRevoked(), Is.EqualTo(1));

        Assert.That(log.WaitFor(Lost, TestNode.Limit).Message, Does.EndWith("its certificate is not accepted any more: certificate revoked"));
        Assert.That(log.WaitFor(NotReached, TestNode.Limit).Message, Does.Contain("certificate revoked"));
        Assert.That(client.IsRegistered, Is.False);
    }

    private static DtlsContext Context(CertificateAuthority authority, NodeCertificate certificate, IReadOnlyList<DtlsRevocationList>? lists)
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate.Certificate);
        return new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials,
            TrustAnchors = [authority.Certificate],
            RevocationLists = lists,
            Resumption = new DtlsResumptionOptions { Scope = VpnNodeOptions.SessionScope },
        });
    }
}
