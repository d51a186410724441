using System.Net;
using FifoVpn.Configuration;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Tests.Configuration;

[Platform(Exclude = "Win", Reason = "file modes")]
internal sealed class RendezvousServerConfigTests
{
    private ConfigFolder _folder = null!;

    [SetUp]
    public void MakeFiles() => _folder = new ConfigFolder();

    [TearDown]
    public void RemoveFiles() => _folder.Dispose();

    [Test]
    public void Every_key_has_its_default()
    {
        RendezvousServerConfig config = _folder.ReadServer("");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(config.Name, Is.Null);
            Assert.That(config.Listen, Is.EqualTo(new IPEndPoint(IPAddress.IPv6Any, 4443)));
            Assert.That(config.CertificatePath, Is.EqualTo(_folder.PathOf("alpha.pem")));
            Assert.That(config.PrivateKeyPath, Is.EqualTo(_folder.PathOf("alpha.key")));
            Assert.That(config.CaPath, Is.EqualTo(_folder.PathOf("ca.pem")));
            Assert.That(config.RevocationListPaths, Is.Empty);
            Assert.That(config.LogLevel, Is.EqualTo(LogLevel.Information));
            Assert.That(config.LogFormat, Is.EqualTo(LogFormat.Text));
            Assert.That(config.MaxNodes, Is.EqualTo(1000));
            Assert.That(config.RequestsPerSecond, Is.EqualTo(20));
            Assert.That(config.Relay, Is.True);
            Assert.That(config.RelayRateLimit, Is.EqualTo(1_000_000));
            Assert.That(config.Keepalive, Is.EqualTo(TimeSpan.FromSeconds(10)));
            Assert.That(config.StatusSocket, Is.EqualTo("/run/fifovpn/rendezvous.sock"));
            Assert.That(config.Metrics, Is.Null);
            Assert.That(config.Warnings, Is.Empty);
        }
    }

    [Test]
    public void Every_key_is_read()
    {
        RendezvousServerConfig config = _folder.ReadServer("""
            "name": "meet", "crl": "one.crl", "logLevel": "warning", "logFormat": "json", "maxNodes": 20000, "requestsPerSecond": 1, "relay": false,
            "relayRateLimit": 100000000000, "keepalive": 60, "statusSocket": "meet.sock", "metrics": "127.0.0.1:9443"
            """);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(config.Name, Is.EqualTo("meet"));
            Assert.That(config.RevocationListPaths, Is.EqualTo(new[] { _folder.PathOf("one.crl") }));
            Assert.That(config.LogLevel, Is.EqualTo(LogLevel.Warning));
            Assert.That(config.LogFormat, Is.EqualTo(LogFormat.Json));
            Assert.That(config.MaxNodes, Is.EqualTo(20_000));
            Assert.That(config.RequestsPerSecond, Is.EqualTo(1));
            Assert.That(config.Relay, Is.False);
            Assert.That(config.RelayRateLimit, Is.EqualTo(100_000_000_000));
            Assert.That(config.Keepalive, Is.EqualTo(TimeSpan.FromMinutes(1)));
            Assert.That(config.StatusSocket, Is.EqualTo(_folder.PathOf("meet.sock")));
            Assert.That(config.Metrics, Is.EqualTo(new IPEndPoint(IPAddress.Loopback, 9443)));
        }
    }

    [TestCase("\"maxNodes\": 20001", "maxNodes: 20001 is not a whole number from 1 to 20000")]
    [TestCase("\"requestsPerSecond\": 0", "requestsPerSecond: 0 is not a whole number from 1 to 10000")]
    [TestCase("\"relay\": 1", "relay: true or false is expected, not 1")]
    [TestCase("\"relayRateLimit\": 0", "relayRateLimit: 0 is not a whole number from 1000 to 100000000000")]
    [TestCase("\"peers\": []", "peers: unknown key; known keys: name, listen,")]
    [TestCase("\"name\": \"-\"", "name: \"-\" is no node name")]
    public void A_wrong_value_is_named_with_place_and_cure(string extra, string expected) =>
        Assert.That(() => _folder.ReadServer(extra), Throws.TypeOf<ConfigException>().With.Message.StartsWith($"{_folder.PathOf("node.json")}: {expected}"));

    [Test]
    public void A_missing_key_is_named() => Assert.That(
        () => RendezvousServerConfig.Load(_folder.File("server.json", "{}")), Throws.TypeOf<ConfigException>().With.Message.Contains("listen: is missing"));
}
