using System.Net;
using System.Runtime.Versioning;
using FifoVpn.Configuration;
using FifoVpn.Packets;
using FifoVpn.Tests.Support;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Tests.Configuration;

[UnsupportedOSPlatform("windows")]
[Platform(Exclude = "Win", Reason = "file modes")]
internal sealed class NodeConfigTests
{
    private const string Full = """
        {
          "name": "alpha",            // comments are allowed
          "device": "fifo0",
          "addresses": ["10.88.0.1/24", "fd88::1/64"],
          "mtu": 1380,
          "listen": "0.0.0.0:4443",
          "certificate": "alpha.pem",
          "privateKey": "alpha.key",
          "ca": "ca.pem",
          "logLevel": "debug",
          "peers": [
            { "name": "beta", "addresses": ["10.88.0.2", "fd88::2"], "endpoint": "192.0.2.2:4443", "allowedAddresses": ["10.99.0.0/24"] },
            { "name": "gamma", "addresses": ["10.88.0.3"] },
          ],
        }
        """;

    private const string Minimal = """
        { "addresses": ["10.88.0.1/24"], "listen": "[::]:0", "certificate": "alpha.pem", "privateKey": "alpha.key", "ca": "ca.pem",
          "peers": [{ "name": "beta", "addresses": ["10.88.0.2"] }, { "name": "gamma", "addresses": ["10.88.0.3"] }] }
        """;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFiles()
    {
        _folder = new TemporaryFolder();
        _folder.File("alpha.pem");
        _folder.File("ca.pem");
        File.SetUnixFileMode(_folder.File("alpha.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [TearDown]
    public void RemoveFiles() => _folder.Dispose();

    [Test]
    public void Every_key_is_read()
    {
        NodeConfig config = NodeConfig.Load(_folder.File("node.json", Full));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(config.Name, Is.EqualTo("alpha"));
            Assert.That(config.Device, Is.EqualTo("fifo0"));
            Assert.That(config.Addresses, Is.EqualTo(new[] { InterfaceAddress.Parse("10.88.0.1/24"), InterfaceAddress.Parse("fd88::1/64") }));
            Assert.That(config.Mtu, Is.EqualTo(1380));
            Assert.That(config.Listen, Is.EqualTo(new IPEndPoint(IPAddress.Any, 4443)));
            Assert.That(config.CertificatePath, Is.EqualTo(Path.Combine(_folder.Path, "alpha.pem")));
            Assert.That(config.PrivateKeyPath, Is.EqualTo(Path.Combine(_folder.Path, "alpha.key")));
            Assert.That(config.CaPath, Is.EqualTo(Path.Combine(_folder.Path, "ca.pem")));
            Assert.That(config.LogLevel, Is.EqualTo(LogLevel.Debug));
            Assert.That(config.Warnings, Is.Empty);
            Assert.That(config.Peers, Has.Count.EqualTo(2));
            Assert.That(config.Peers[0].Name, Is.EqualTo("beta"));
            Assert.That(config.Peers[0].Endpoint!.ToString(), Is.EqualTo("192.0.2.2:4443"));
            Assert.That(
                config.Peers[0].Prefixes.Select(prefix => prefix.ToString()), Is.EqualTo(new[] { "10.88.0.2/32", "fd88::2/128", "10.99.0.0/24" }));
            Assert.That(config.Peers[1].Endpoint, Is.Null);
        }
    }

    [Test]
    public void Only_prefixes_outside_the_networks_of_the_node_need_a_route()
    {
        string allowed = "\"allowedAddresses\": [\"10.99.0.0/24\", \"10.88.0.0/24\", \"10.88.0.128/25\", \"10.88.0.0/16\", \"fd88::/48\"]";
        NodeConfig config = NodeConfig.Load(_folder.File("node.json", Full.Replace("\"allowedAddresses\": [\"10.99.0.0/24\"]", allowed, StringComparison.Ordinal)));

        Assert.That(config.PrefixesToRoute.Select(prefix => prefix.ToString()), Is.EqualTo(new[] { "10.99.0.0/24", "10.88.0.0/16", "fd88::/48" }));
    }

    [Test]
    public void Optional_keys_have_their_defaults()
    {
        NodeConfig config = NodeConfig.Load(_folder.File("node.json", Minimal));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(config.Name, Is.Null);
            Assert.That(config.Device, Is.EqualTo("fifovpn0"));
            Assert.That(config.Mtu, Is.Null);
            Assert.That(config.Listen, Is.EqualTo(new IPEndPoint(IPAddress.IPv6Any, 0)));
            Assert.That(config.LogLevel, Is.EqualTo(LogLevel.Information));
            Assert.That(config.Peers[0].AllowedAddresses, Is.Empty);
        }
    }

    [TestCase("\"10.88.0.1/24\"]", "\"10.88.0.1\"]", "addresses[0]: \"10.88.0.1\" has no prefix length; write the length of the VPN's network behind it, for example 10.88.0.1/24")]
    [TestCase("\"10.88.0.1/24\"]", "\"10.88.0.1/33\"]", "addresses[0]: \"10.88.0.1/33\" has no valid prefix length")]
    [TestCase("\"10.88.0.1/24\"]", "\"224.0.0.1/24\"]", "addresses[0]: 224.0.0.1 cannot be the address of a node")]
    [TestCase("\"10.88.0.1/24\"]", "\"10.88.0.1/24\", \"10.88.0.1/16\"]", "addresses[1]: 10.88.0.1 stands twice")]
    [TestCase("\"10.88.0.1/24\"]", "]", "addresses: is empty")]
    [TestCase("\"addresses\": [\"10.88.0.1/24\"],", "", "addresses: is missing; write \"addresses\": [ ... ]")]
    [TestCase("[\"10.88.0.1/24\"]", "\"10.88.0.1/24\"", "addresses: a list [ ... ] is expected, not a string")]
    [TestCase("\"10.88.0.1/24\"]", "7]", "addresses[0]: a string is expected, not a number")]
    [TestCase("[::]:0", "localhost:4443", "listen: \"localhost:4443\" is not ADDRESS:PORT; write 0.0.0.0:4443 or [::]:4443")]
    [TestCase("\"listen\": \"[::]:0\",", "", "listen: is missing; write for example \"listen\": \"0.0.0.0:4443\"")]
    [TestCase("\"listen\"", "\"mtu\": 500, \"listen\"", "mtu: 500 is not a whole number from 576 to 16384")]
    [TestCase("\"listen\"", "\"mtu\": \"1400\", \"listen\"", "mtu: \"1400\" is not a whole number from 576 to 16384")]
    [TestCase("\"listen\"", "\"mtu\": 1400.5, \"listen\"", "mtu: 1400.5 is not a whole number")]
    [TestCase("\"10.88.0.1/24\"],", "\"fd88::1/64\"], \"mtu\": 1279,", "mtu: 1279 is too small for IPv6; with an IPv6 address it is at least 1280")]
    [TestCase("\"listen\"", "\"device\": \"sixteen-bytes-xx\", \"listen\"", "device: \"sixteen-bytes-xx\" has 16 bytes; an interface name has at most 15")]
    [TestCase("\"listen\"", "\"name\": \"a b\", \"listen\"", "name: \"a b\" is no node name")]
    [TestCase("\"listen\"", "\"name\": \"\", \"listen\"", "name: the string is empty")]
    [TestCase("\"listen\"", "\"name\": \"BETA\", \"listen\"", "peers[0].name: \"beta\" stands already at name")]
    [TestCase("\"listen\"", "\"logLevel\": \"loud\", \"listen\"", "logLevel: \"loud\" is not one of Trace, Debug, Information, Warning, Error, Critical, None")]
    [TestCase("\"listen\"", "\"logLevel\": \"2\", \"listen\"", "logLevel: \"2\" is not one of Trace")]
    [TestCase("\"alpha.pem\"", "\"absent.pem\"", "certificate: there is no file ")]
    [TestCase("\"alpha.key\"", "\"absent.key\"", "privateKey: there is no file ")]
    [TestCase("\"ca.pem\"", "\"absent.pem\"", "ca: there is no file ")]
    [TestCase("\"ca\": \"ca.pem\",", "", "ca: is missing")]
    [TestCase("\"privateKey\"", "\"privatekey\"", "privatekey: unknown key; did you mean \"privateKey\"?")]
    [TestCase("\"listen\"", "\"listne\"", "listne: unknown key; did you mean \"listen\"?")]
    [TestCase("\"listen\"", "\"colour\": 1, \"listen\"", "colour: unknown key; known keys: name, device, addresses,")]
    [TestCase("\"listen\"", "\"listen\": \"[::]:1\", \"listen\"", "listen: the key stands twice; remove one")]
    [TestCase("\"10.88.0.3\"]", "\"10.88.0.3\"], \"endpont\": 1", "peers[1].endpont: unknown key; did you mean \"endpoint\"?")]
    [TestCase("\"10.88.0.3\"]", "\"10.88.0.3\"], \"endpoint\": \"foo\"", "peers[1].endpoint: \"foo\" is not HOST:PORT; write 192.0.2.2:4443, [2001:db8::2]:4443 or host.example:4443")]
    [TestCase("\"10.88.0.3\"]", "\"10.88.0.3\"], \"endpoint\": 4443", "peers[1].endpoint: a string is expected, not a number")]
    [TestCase("\"10.88.0.3\"]", "\"10.88.0.3/24\"]", "peers[1].addresses[0]: \"10.88.0.3/24\" is not an IP address; write it without /LENGTH; networks belong into allowedAddresses")]
    [TestCase("\"10.88.0.3\"]", "\"127.0.0.1\"]", "peers[1].addresses[0]: 127.0.0.1 cannot be the address of a node")]
    [TestCase("\"10.88.0.3\"]", "]", "peers[1].addresses: is empty")]
    [TestCase("\"10.88.0.3\"]", "\"10.88.0.2\"]", "peers[1].addresses[0]: 10.88.0.2 stands already at peers[0].addresses[0]; only one of the two can have it")]
    [TestCase("\"10.88.0.3\"]", "\"10.88.0.1\"]", "peers[1].addresses[0]: 10.88.0.1 stands already at addresses[0]")]
    [TestCase("\"10.88.0.3\"]", "\"10.88.0.3\"], \"allowedAddresses\": [\"10.99.0.1/24\"]", "peers[1].allowedAddresses[0]: \"10.99.0.1/24\" has host bits set; write 10.99.0.0/24")]
    [TestCase("\"10.88.0.3\"]", "\"10.88.0.3\"], \"allowedAddresses\": [\"10.88.0.2/32\"]", "peers[1].allowedAddresses[0]: 10.88.0.2/32 stands already at peers[0].addresses[0]")]
    [TestCase("\"10.88.0.3\"]", "\"10.88.0.3\"], \"allowedAddresses\": [\"10.9.0.0/24\", \"10.9.0.0/24\"]", "peers[1].allowedAddresses[1]: 10.9.0.0/24 stands already at peers[1].allowedAddresses[0]")]
    [TestCase("\"name\": \"gamma\"", "\"name\": \"beta\"", "peers[1].name: \"beta\" stands already at peers[0].name")]
    [TestCase("\"name\": \"gamma\",", "", "peers[1].name: is missing; write for example \"name\": \"beta\"")]
    [TestCase("{ \"name\": \"gamma\", \"addresses\": [\"10.88.0.3\"] }", "[]", "peers[1]: a JSON object { ... } is expected, not a list")]
    [TestCase("{ \"name\": \"gamma\", \"addresses\": [\"10.88.0.3\"] }", "null", "peers[1]: a JSON object { ... } is expected, not null")]
    [TestCase("\"gamma\", \"addresses\": [\"10.88.0.3\"] }]", "\"gamma\"", "line 2, column 80: not valid JSON")]
    public void A_mistake_is_named_with_file_place_and_cure(string part, string replacement, string expected)
    {
        string changed = Minimal.Replace(part, replacement, StringComparison.Ordinal);
        Assert.That(changed, Is.Not.EqualTo(Minimal));
        string path = _folder.File("node.json", changed);

        Assert.That(
            () => NodeConfig.Load(path),
            Throws.TypeOf<ConfigException>().With.Message.StartsWith($"{path}: {expected}").And.Message.Not.Contains("\n"));
    }

    [TestCase("", "not valid JSON")]
    [TestCase("[]", "a JSON object { ... } is expected, not a list")]
    [TestCase("\"x\"", "a JSON object { ... } is expected, not a string")]
    public void A_file_that_is_no_object_is_refused(string text, string expected) => Assert.That(
        () => NodeConfig.Load(_folder.File("node.json", text)), Throws.TypeOf<ConfigException>().With.Message.Contains(expected));

    [Test]
    public void A_missing_file_and_a_folder_are_refused()
    {
        string absent = Path.Combine(_folder.Path, "absent.json");
        Assert.That(() => NodeConfig.Load(absent), Throws.TypeOf<ConfigException>().With.Message.StartsWith($"{absent}: cannot read the configuration"));
        Assert.That(() => NodeConfig.Load(_folder.Path), Throws.TypeOf<ConfigException>().With.Message.Contains("cannot read the configuration"));
    }

    [Test]
    public void Text_that_is_not_UTF8_is_refused()
    {
        string path = _folder.File("node.json");
        File.WriteAllBytes(path, [0x7B, 0xFF, 0x7D]);
        Assert.That(() => NodeConfig.Load(path), Throws.TypeOf<ConfigException>().With.Message.Contains("cannot read the configuration"));
    }

    [Test]
    public void A_private_key_that_everybody_can_read_is_a_warning()
    {
        string key = Path.Combine(_folder.Path, "alpha.key");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        NodeConfig config = NodeConfig.Load(_folder.File("node.json", Minimal));

        Assert.That(config.Warnings, Has.Count.EqualTo(1));
        Assert.That(config.Warnings[0], Does.Contain("privateKey").And.Contains(key).And.Contains("chmod 600"));
    }

    [Test]
    public void No_peers_is_a_warning()
    {
        int peers = Minimal.IndexOf("\"peers\"", StringComparison.Ordinal);
        NodeConfig config = NodeConfig.Load(_folder.File("node.json", Minimal[..peers] + "\"peers\": [] }"));

        Assert.That(config.Warnings, Has.Count.EqualTo(1).And.Some.Contains("nobody to talk to"));
    }

    [Test]
    public void Absolute_paths_stay()
    {
        using TemporaryFolder other = new();
        string ca = other.File("root.pem");
        NodeConfig config = NodeConfig.Load(_folder.File("node.json", Minimal.Replace("\"ca.pem\"", $"\"{ca}\"", StringComparison.Ordinal)));

        Assert.That(config.CaPath, Is.EqualTo(ca));
    }
}
