using System.Net;
using FifoVpn.Configuration;

namespace FifoVpn.Tests.Configuration;

/// <summary>What each key of a node's configuration gives, and what is said about a wrong value.</summary>
[Platform(Exclude = "Win", Reason = "file modes")]
internal sealed class NodeConfigKeysTests
{
    private ConfigFolder _folder = null!;

    [SetUp]
    public void MakeFiles() => _folder = new ConfigFolder();

    [TearDown]
    public void RemoveFiles() => _folder.Dispose();

    [Test]
    public void Every_key_has_its_default()
    {
        NodeConfig config = _folder.ReadNode("");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(config.PathMtu, Is.EqualTo(1500));
            Assert.That(config.RevocationListPaths, Is.Empty);
            Assert.That(config.LogFormat, Is.EqualTo(LogFormat.Text));
            Assert.That(config.Rendezvous, Is.Empty);
            Assert.That(config.Discover, Is.False);
            Assert.That(config.Keepalive, Is.EqualTo(TimeSpan.FromSeconds(10)));
            Assert.That(config.IdleTimeout, Is.Null);
            Assert.That(config.RateLimit, Is.Null);
            Assert.That(config.PeerRateLimit, Is.Null);
            Assert.That(config.Forward, Is.False);
            Assert.That(config.MaxPeers, Is.EqualTo(1000));
            Assert.That(config.StatusSocket, Is.EqualTo("/run/fifovpn/fifovpn0.sock"));
            Assert.That(config.Metrics, Is.Null);
            Assert.That(config.Hooks, Is.EqualTo(HookConfig.None));
            Assert.That(config.Peers.Select(peer => peer.Persistent), Is.EqualTo(new[] { true, false }));
            Assert.That(config.Peers.Select(peer => peer.RateLimit), Is.All.Null);
            Assert.That(config.Warnings, Is.Empty);
        }
    }

    [Test]
    public void Every_key_is_read()
    {
        NodeConfig config = _folder.ReadNode("""
            "pathMtu": 9000, "crl": ["one.crl", "two.crl"], "logFormat": "JSON", "discover": true, "keepalive": 3, "idleTimeout": 600, "rateLimit": 5000000000,
            "rendezvous": [{ "name": "meet", "endpoint": "meet.example:4443" }, { "name": "meet2", "endpoint": "[2001:db8::7]:4444" }],
            "peerRateLimit": 1000, "forward": true, "maxPeers": 2, "statusSocket": "status.sock", "metrics": "[::1]:9443",
            "hooks": { "up": ["hook", "-x", ""], "down": ["hook"] }
            """);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(config.PathMtu, Is.EqualTo(9000));
            Assert.That(config.RevocationListPaths, Is.EqualTo(new[] { _folder.PathOf("one.crl"), _folder.PathOf("two.crl") }));
            Assert.That(config.LogFormat, Is.EqualTo(LogFormat.Json));
            Assert.That(config.Rendezvous.Select(server => $"{server.Name} {server.Endpoint}"), Is.EqualTo(new[] { "meet meet.example:4443", "meet2 [2001:db8::7]:4444" }));
            Assert.That(config.Discover, Is.True);
            Assert.That(config.Keepalive, Is.EqualTo(TimeSpan.FromSeconds(3)));
            Assert.That(config.IdleTimeout, Is.EqualTo(TimeSpan.FromMinutes(10)));
            Assert.That(config.RateLimit, Is.EqualTo(5_000_000_000));
            Assert.That(config.PeerRateLimit, Is.EqualTo(1000));
            Assert.That(config.Forward, Is.True);
            Assert.That(config.MaxPeers, Is.EqualTo(2));
            Assert.That(config.StatusSocket, Is.EqualTo(_folder.PathOf("status.sock")));
            Assert.That(config.Metrics, Is.EqualTo(new IPEndPoint(IPAddress.IPv6Loopback, 9443)));
            Assert.That(config.Hooks.Up, Is.EqualTo(new[] { _folder.PathOf("hook"), "-x", "" }));
            Assert.That(config.Hooks.Down, Is.EqualTo(new[] { _folder.PathOf("hook") }));
            Assert.That(config.Warnings, Is.Empty);
        }
    }

    [Test]
    public void Keys_of_a_peer_are_read()
    {
        PeerConfig peer = _folder.ReadPeer("\"rateLimit\": 100000, \"persistent\": true").Peers[1];

        Assert.That((peer.RateLimit, peer.Persistent), Is.EqualTo((100_000, true)));
    }

    [Test]
    public void A_revocation_list_can_stand_without_a_list() =>
        Assert.That(_folder.ReadNode("\"crl\": \"one.crl\"").RevocationListPaths, Is.EqualTo(new[] { _folder.PathOf("one.crl") }));

    [Test]
    public void The_status_socket_can_be_turned_off() => Assert.That(_folder.ReadNode("\"statusSocket\": \"none\"").StatusSocket, Is.Null);

    [Test]
    public void The_status_socket_is_named_after_the_device() =>
        Assert.That(_folder.ReadNode("\"device\": \"vpn1\"").StatusSocket, Is.EqualTo("/run/fifovpn/vpn1.sock"));

    [Test]
    public void The_longest_status_socket_has_107_bytes()
    {
        Assert.That(_folder.ReadNode($"\"statusSocket\": \"/{new string('x', 106)}\"").StatusSocket, Has.Length.EqualTo(107));
        Assert.That(
            () => _folder.ReadNode($"\"statusSocket\": \"/{new string('x', 107)}\""),
            Throws.TypeOf<ConfigException>().With.Message.Contains("statusSocket: /x").And.Message.Contains("has 108 bytes"));
    }

    [TestCase("\"pathMtu\": 1279", "pathMtu: 1279 is not a whole number from 1280 to 9216")]
    [TestCase("\"pathMtu\": 9217", "pathMtu: 9217 is not a whole number from 1280 to 9216")]
    [TestCase("\"crl\": \"absent.crl\"", "crl: there is no file ")]
    [TestCase("\"crl\": [\"one.crl\", \"absent.crl\"]", "crl[1]: there is no file ")]
    [TestCase("\"crl\": [\"\"]", "crl[0]: the path is empty")]
    [TestCase("\"crl\": \"\"", "crl: the string is empty")]
    [TestCase("\"crl\": 7", "crl: a string is expected, not a number")]
    [TestCase("\"logFormat\": \"xml\"", "logFormat: \"xml\" is not one of text, json")]
    [TestCase("\"discover\": \"yes\"", "discover: true or false is expected, not \"yes\"")]
    [TestCase("\"keepalive\": 0", "keepalive: 0 is not a whole number from 1 to 3600")]
    [TestCase("\"keepalive\": 3601", "keepalive: 3601 is not a whole number from 1 to 3600")]
    [TestCase("\"idleTimeout\": 9", "idleTimeout: 9 is not 0 or a whole number from 10 to 86400")]
    [TestCase("\"idleTimeout\": 86401", "idleTimeout: 86401 is not 0 or a whole number from 10 to 86400")]
    [TestCase("\"rateLimit\": 999", "rateLimit: 999 is not a whole number from 1000 to 100000000000")]
    [TestCase("\"rateLimit\": 100000000001", "rateLimit: 100000000001 is not a whole number from 1000 to 100000000000")]
    [TestCase("\"rateLimit\": 1e30", "rateLimit: 1e30 is not a whole number")]
    [TestCase("\"peerRateLimit\": \"1M\"", "peerRateLimit: \"1M\" is not a whole number from 1000 to 100000000000")]
    [TestCase("\"maxPeers\": 0", "maxPeers: 0 is not a whole number from 1 to 20000")]
    [TestCase("\"maxPeers\": 1", "maxPeers: 1 is less than the 2 peers that are listed")]
    [TestCase("\"metrics\": \"0.0.0.0:9443\"", "metrics: 0.0.0.0 is not a loopback address, and everybody who reaches it could read the metrics; write 127.0.0.1:9443")]
    [TestCase("\"metrics\": \"localhost:9443\"", "metrics: \"localhost:9443\" is not ADDRESS:PORT")]
    [TestCase("\"device\": \"a/b\"", "device: \"a/b\" is no interface name")]
    [TestCase("\"device\": \"..\"", "device: \"..\" is no interface name")]
    [TestCase("\"hooks\": []", "hooks: a JSON object { ... } is expected, not a list")]
    [TestCase("\"hooks\": { \"dwn\": [] }", "hooks.dwn: unknown key; did you mean \"down\"?")]
    [TestCase("\"hooks\": { \"up\": \"hook\" }", "hooks.up: a list [ ... ] is expected, not a string")]
    [TestCase("\"hooks\": { \"up\": [\"absent\"] }", "hooks.up[0]: there is no file ")]
    [TestCase("\"hooks\": { \"down\": [\"no-program\"] }", "hooks.down[0]: ", "is not executable; chmod +x it")]
    [TestCase("\"hooks\": { \"down\": [\"hook\", 1] }", "hooks.down[1]: a string is expected, not a number")]
    [TestCase("\"rendezvous\": [{ \"name\": \"meet\" }]", "rendezvous[0].endpoint: is missing; write for example \"endpoint\": \"rendezvous.example:4443\"")]
    [TestCase("\"rendezvous\": [{ \"endpoint\": \"a.example:1\" }]", "rendezvous[0].name: is missing")]
    [TestCase("\"rendezvous\": [{ \"name\": \"meet\", \"endpoint\": \"a.example\" }]", "rendezvous[0].endpoint: \"a.example\" is not HOST:PORT")]
    [TestCase("\"rendezvous\": [{ \"name\": \"me et\", \"endpoint\": \"a.example:1\" }]", "rendezvous[0].name: \"me et\" is no node name")]
    [TestCase("\"rendezvous\": [{ \"name\": \"gamma\", \"endpoint\": \"a.example:1\" }]", "peers[1].name: \"gamma\" stands already at rendezvous[0].name")]
    [TestCase("\"name\": \"alpha\", \"rendezvous\": [{ \"name\": \"ALPHA\", \"endpoint\": \"a.example:1\" }]", "rendezvous[0].name: \"ALPHA\" stands already at name")]
    [TestCase(
        "\"rendezvous\": [{ \"name\": \"meet\", \"endpoint\": \"a.example:1\" }, { \"name\": \"Meet\", \"endpoint\": \"b.example:1\" }]",
        "rendezvous[1].name: \"Meet\" stands already at rendezvous[0].name")]
    public void A_wrong_value_is_named_with_place_and_cure(string extra, params string[] expected) =>
        Assert.That(() => _folder.ReadNode(extra), Throws.TypeOf<ConfigException>().With.Message.StartsWith($"{_folder.PathOf("node.json")}: {expected[0]}").And.Message.Contains(expected[^1]));

    [TestCase("\"persistent\": 1", "peers[1].persistent: true or false is expected, not 1")]
    [TestCase("\"rateLimit\": 1", "peers[1].rateLimit: 1 is not a whole number from 1000 to 100000000000")]
    public void A_wrong_value_of_a_peer_is_named(string extra, string expected) =>
        Assert.That(() => _folder.ReadPeer(extra), Throws.TypeOf<ConfigException>().With.Message.Contains($": {expected}"));

    [Test]
    public void There_are_at_most_8_rendezvous_servers()
    {
        Assert.That(_folder.ReadNode(Servers(8)).Rendezvous, Has.Count.EqualTo(8));
        Assert.That(
            () => _folder.ReadNode(Servers(9)), Throws.TypeOf<ConfigException>().With.Message.EndsWith("rendezvous: there are 9 servers; at most 8 are allowed"));

        static string Servers(int count) =>
            $"\"rendezvous\": [{string.Join(", ", Enumerable.Range(0, count).Select(i => $$"""{ "name": "r{{i}}", "endpoint": "r.example:{{i + 1}}" }"""))}]";
    }

    [Test]
    public void A_node_that_discovers_its_peers_needs_no_list_of_them()
    {
        string text = ConfigFolder.Node[..ConfigFolder.Node.IndexOf(",\n  \"peers\"", StringComparison.Ordinal)];
        const string discover = ", \"discover\": true, \"rendezvous\": [{ \"name\": \"meet\", \"endpoint\": \"a.example:1\" }] }";

        NodeConfig config = NodeConfig.Load(_folder.File("node.json", text + discover));

        Assert.That(config.Peers, Is.Empty);
        Assert.That(config.Warnings, Is.Empty);
        Assert.That(() => NodeConfig.Load(_folder.File("node.json", text + "}")), Throws.TypeOf<ConfigException>().With.Message.Contains("peers: is missing"));
    }

    [TestCase("\"discover\": true", "discover: there is no rendezvous server: only nodes that call this one are found")]
    [TestCase("\"mtu\": 1500", "mtu: packets of 1500 bytes and what the tunnel adds do not fit into pathMtu, 1500")]
    public void What_is_probably_not_meant_is_a_warning(string extra, string expected) =>
        Assert.That(_folder.ReadNode(extra).Warnings, Has.Count.EqualTo(1).And.Some.Contains($": {expected}"));

    [Test]
    public void A_persistent_peer_that_nobody_can_find_is_a_warning() => Assert.That(
        _folder.ReadPeer("\"persistent\": true").Warnings,
        Has.Count.EqualTo(1).And.Some.Contains("peers[1].persistent: \"gamma\" has no endpoint and there is no rendezvous server"));

    [Test]
    public void A_hook_that_everybody_can_change_is_a_warning()
    {
        _folder.MakeFile("hook", UnixFileMode.UserExecute | UnixFileMode.UserRead | UnixFileMode.OtherWrite);

        Assert.That(_folder.ReadNode("\"hooks\": { \"up\": [\"hook\"] }").Warnings, Has.Count.EqualTo(1).And.Some.Contains("hooks.up: every user").And.Some.Contains("chmod o-w"));
    }
}
