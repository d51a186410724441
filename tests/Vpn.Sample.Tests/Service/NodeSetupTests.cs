using System.Net;
using FifoDtls;
using FifoVpn.Configuration;
using FifoVpn.Node;
using FifoVpn.Service;
using FifoVpn.Tests.Cli;

namespace FifoVpn.Tests.Service;

/// <summary>What a configuration becomes.</summary>
internal sealed class NodeSetupTests
{
    private const string Credentials = "\"certificate\": \"alpha.pem\", \"privateKey\": \"alpha.key\", \"ca\": \"ca.pem\"";

    private UpFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new UpFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [TestCase("0.0.0.0:1", "10.88.0.1/24", "", 1500 - 28 - 37)]
    [TestCase("192.0.2.1:1", "10.88.0.1/24", "", 1500 - 28 - 37)]
    [TestCase("[::]:1", "10.88.0.1/24", "", 1500 - 48 - 37)]
    [TestCase("[::]:1", "10.88.0.1/24", "\"pathMtu\": 9000,", 9000 - 48 - 37)]
    [TestCase("[::]:1", "10.88.0.1/24", "\"pathMtu\": 1280,", 1280 - 48 - 37)]
    [TestCase("[::]:1", "fd88::1/64", "\"pathMtu\": 1280,", 1280)]
    [TestCase("[::]:1", "10.88.0.1/24", "\"pathMtu\": 1400, \"mtu\": 1300,", 1300)]
    public void The_MTU_inside_is_what_is_left_of_a_packet(string listen, string address, string more, int mtu) =>
        Assert.That(NodeSetup.MtuOf(Parse($$"""{ {{more}} "listen": "{{listen}}", "addresses": ["{{address}}"], "peers": [], {{Credentials}} }""")), Is.EqualTo(mtu));

    [Test]
    public void Every_option_of_the_node_comes_from_the_configuration()
    {
        NodeConfig config = Parse($$"""
            {
              "listen": "127.0.0.1:7", "addresses": ["10.88.0.1/24"], {{Credentials}},
              "peers": [{ "name": "beta", "addresses": ["10.88.0.2"] }], "rendezvous": [{ "name": "r", "endpoint": "192.0.2.9:9" }],
              "discover": true, "forward": true, "offload": false, "rateLimit": 2000, "peerRateLimit": 3000, "maxPeers": 17, "keepalive": 3, "idleTimeout": 60
            }
            """);
        using NodeCredentials credentials = NodeCredentials.Load(config);
        using DtlsContext context = NodeSetup.CreateContext(credentials);

        VpnNodeOptions options = NodeSetup.OptionsOf(config, "alpha", context);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.Name, Is.EqualTo("alpha"));
            Assert.That(options.Listen, Is.EqualTo(new IPEndPoint(IPAddress.Loopback, 7)));
            Assert.That(options.Context, Is.SameAs(context));
            Assert.That(options.Addresses, Is.EqualTo(config.Addresses));
            Assert.That(options.Peers.Single().Name, Is.EqualTo("beta"));
            Assert.That(options.Rendezvous.Single().Name, Is.EqualTo("r"));
            Assert.That((options.Discover, options.Forward, options.Offload), Is.EqualTo((true, true, false)));
            Assert.That((options.RateLimit, options.PeerRateLimit), Is.EqualTo((2000L, 3000L)));
            Assert.That(options.MaxPeers, Is.EqualTo(17));
            Assert.That(options.Keepalive, Is.EqualTo(TimeSpan.FromSeconds(3)));
            Assert.That(options.IdleTimeout, Is.EqualTo(TimeSpan.FromSeconds(60)));
        }
    }

    private NodeConfig Parse(string json) => NodeConfig.Parse(json, "test.json", _folder.Path);
}
