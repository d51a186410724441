using System.Net;
using FifoDtls.TestSupport;
using FifoVpn.Devices;
using FifoVpn.Links;
using FifoVpn.Node;
using FifoVpn.Packets;

namespace FifoVpn.Tests.Node;

/// <summary>A path between two network namespaces, each with a node and its TUN device, that becomes narrow and wide again. The nodes look for more every 2 s instead of every 10 min.</summary>
internal sealed class NodePathMtuGrowthTests
{
    private const int NarrowHop = 1_280;
    private const int WideHop = 1_500;
    private const int Port = 4443;

    private static readonly TestNodeSettings Settings = new()
    {
        Keepalive = TimeSpan.FromSeconds(1), PathMtuRaiseInterval = TimeSpan.FromSeconds(2), HasAddresses = true,
    };

    private NatNetwork _network = null!;
    private TestVpn _vpn = null!;

    [SetUp]
    public void MakeNetwork()
    {
        NatNetwork.Require();
        Requires.TunDevice();
        Requires.IPv6(); // inside the tunnel
        Requires.Tool("ping");
        _network = new NatNetwork();
        _vpn = new TestVpn();
    }

    [TearDown]
    public void EndNetwork()
    {
        _vpn?.Dispose();
        _network?.Dispose();
    }

    [Test]
    [CancelAfter(120_000)]
    public void Packets_grow_again_when_the_path_does()
    {
        (int near, string nearAddress) = _network.AddPublicHost();
        (int far, string farAddress) = _network.AddPublicHost();
        VpnMember alpha = new("alpha", 1, IPEndPoint.Parse($"{nearAddress}:{Port}"));
        VpnMember beta = new("beta", 2, IPEndPoint.Parse($"{farAddress}:{Port}"));
        TestNode b = Start(beta, far, alpha);
        TestNode a = Start(alpha, near, beta);
        a.WaitUntilConnected(beta);
        b.WaitUntilConnected(alpha);
        PeerLink link = a.Peer(beta).Link!;
        Eventually.Equal(VpnNodeOptions.DefaultMtu, () => link.MaxPacket, TestNode.Limit, "what goes in one datagram at first");

        _network.SetMtu(1, far, NarrowHop);
        Eventually.True(() => link.MaxPacket <= NarrowHop, TestNode.Limit, "the path has become narrow, and that was noticed");
        _network.SetMtu(1, far, WideHop);
        Eventually.Equal(VpnNodeOptions.DefaultMtu, () => link.MaxPacket, TestNode.Limit, "what goes in one datagram at last");
        Eventually.Equal(VpnNodeOptions.DefaultMtu, () => b.Peer(alpha).Link!.MaxPacket, TestNode.Limit, "and the other way");

        Assert.That(a.Peer(beta).Link, Is.SameAs(link), "the association has lived on");
        _network.Namespaces.Run(near, TestNode.Limit, "ping", "-c", "1", "-W", "5", "-M", "do", "-s", $"{VpnNodeOptions.DefaultMtu - 28}", $"{beta.IPv4}").EnsureSuccess();
    }

    private TestNode Start(VpnMember member, int host, VpnMember other) => NamespaceThread.Run(_network.Namespaces[host], () =>
    {
        TestNode node = _vpn.Create(member, OpenDevice(member), Settings, other.Called());
        node.Node.Start();
        return node;
    });

    private static TunDevice OpenDevice(VpnMember member)
    {
        TunDevice device = TunDevice.Open("fifovpn0", VpnNodeOptions.DefaultMtu);
        using LinkConfigurator link = new(device.Name);
        foreach (InterfaceAddress address in member.Interfaces)
        {
            link.AddAddress(address);
        }

        link.SetUp();
        return device;
    }
}
