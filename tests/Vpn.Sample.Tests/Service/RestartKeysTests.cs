using FifoVpn.Configuration;
using FifoVpn.Service;

namespace FifoVpn.Tests.Service;

internal sealed class RestartKeysTests
{
    private const string Start =
        """ "name": "alpha", "device": "fifovpn0", "addresses": ["10.88.0.1/24"], "listen": "127.0.0.1:1", "certificate": "alpha.pem", "privateKey": "alpha.key", "ca": "ca.pem", "peers": [] """;

    [Test]
    public void Every_key_is_either_taken_over_or_needs_a_restart() =>
        Assert.That(RestartKeys.NeedingRestart.Concat(RestartKeys.Reloadable), Is.EquivalentTo(NodeKeys.Root));

    [Test]
    public void Every_key_of_a_rendezvous_server_is_either_taken_over_or_needs_a_restart() =>
        Assert.That(RestartKeys.NeedingRestartOfServer.Concat(RestartKeys.ReloadableByServer), Is.EquivalentTo(RendezvousServerKeys.Root));

    [TestCase("\"name\": \"alpha\"", "\"name\": \"other\"", "name")]
    [TestCase("fifovpn0", "fifovpn1", "device", "statusSocket")]
    [TestCase("10.88.0.1/24", "10.88.0.1/16", "addresses")]
    [TestCase("127.0.0.1:1", "127.0.0.1:2", "listen")]
    [TestCase("alpha.pem", "beta.pem", "certificate")]
    [TestCase("alpha.key", "beta.key", "privateKey")]
    [TestCase("ca.pem", "beta.pem", "ca")]
    [TestCase("\"peers\"", "\"mtu\": 1300, \"pathMtu\": 1400, \"keepalive\": 7, \"idleTimeout\": 70, \"forward\": true, \"offload\": false, \"maxPeers\": 7, \"peers\"", "mtu", "pathMtu", "keepalive", "idleTimeout", "forward", "offload", "maxPeers")]
    [TestCase("\"peers\"", "\"logFormat\": \"json\", \"discover\": true, \"metrics\": \"127.0.0.1:9\", \"statusSocket\": \"none\", \"peers\"", "logFormat", "discover", "metrics", "statusSocket")]
    [TestCase("\"peers\"", "\"rendezvous\": [{ \"name\": \"r\", \"endpoint\": \"192.0.2.1:1\" }], \"peers\"", "rendezvous")]
    [TestCase("\"peers\"", "\"crl\": \"beta.pem\", \"peers\"", "crl")]
    [TestCase("\"peers\"", "\"rateLimit\": 1000, \"peerRateLimit\": 1000, \"logLevel\": \"Debug\", \"peers\"")]
    [TestCase("[]", "[{ \"name\": \"beta\", \"addresses\": [\"10.88.0.2\"] }]")]
    public void A_key_that_needs_a_restart_is_named_when_it_changes(string old, string now, params string[] keys)
    {
        using var folder = new ServiceFolder();

        Assert.That(RestartKeys.Changed(Parse(Start), Parse(Start.Replace(old, now, StringComparison.Ordinal))), Is.EquivalentTo(keys));

        NodeConfig Parse(string json) => NodeConfig.Parse($"{{{json}}}", "test", folder.Path);
    }

    [Test]
    public void A_renewed_certificate_is_named()
    {
        using var folder = new ServiceFolder();
        NodeConfig config = NodeConfig.Parse($"{{{Start}}}", "test", folder.Path);
        CredentialFiles before = CredentialFiles.Read(config);
        Assert.That(RestartKeys.Changed(before, CredentialFiles.Read(config)), Is.Empty);

        File.AppendAllText(folder.PathOf("alpha.pem"), "\n");
        File.AppendAllText(folder.PathOf("alpha.key"), "\n");

        Assert.That(RestartKeys.Changed(before, CredentialFiles.Read(config)), Is.EqualTo(new[] { "certificate", "privateKey" }));
    }
}
