using System.Text.Json.Nodes;
using FifoDtls.TestSupport;

namespace FifoVpn.Tests.Service;

/// <summary>SIGHUP and changed revocation lists, with two connected nodes as processes.</summary>
internal sealed class ServiceReloadTests
{
    private ServiceFolder _folder = null!;
    private NetworkNamespaces _hosts = null!;

    [SetUp]
    public void MakeHosts()
    {
        Requires.NetworkNamespace();
        Requires.TunDevice();
        _folder = new ServiceFolder();
        _hosts = NetworkNamespaces.CreatePair();
    }

    [TearDown]
    public void RemoveHosts()
    {
        _hosts?.Dispose();
        _folder?.Dispose();
    }

    [Test]
    [CancelAfter(240_000)]
    public void A_reload_changes_the_peers_and_keeps_the_associations()
    {
        JsonObject config = Alpha(Beta());
        using ServiceProcess alpha = new(_hosts[0], _folder.Write("alpha", config));
        using ServiceProcess beta = StartBeta();
        alpha.WaitFor("Connected to beta");

        JsonObject changed = Alpha(Beta(), ServiceFolder.Peer("gamma", "10.88.0.3", null, "10.30.0.0/16"));
        changed["logLevel"] = "Debug";
        changed["rateLimit"] = 1_000_000;
        changed["mtu"] = 1300;
        changed["keepalive"] = 3;
        Reload(alpha, changed, "Configuration reloaded: 2 peers configured");
        alpha.WaitFor("Restart the node for these keys, which have changed: mtu, keepalive");
        alpha.WaitFor("Route to 10.30.0.0/16 of gamma set"); // a debug message: the level counts
        Assert.That(alpha.Routes(), Does.Contain("10.30.0.0/16"));

        _folder.Write("alpha.json", "{ \"peers\": 7 }");
        alpha.Signal(ServiceProcess.SigHup);
        alpha.WaitFor("The configuration was not reloaded, all stays as it was: .*alpha.json");
        Assert.That(alpha.Routes(), Does.Contain("10.30.0.0/16"));

        Reload(alpha, config, "Configuration reloaded: 1 peers configured");
        Eventually.True(() => !alpha.Routes().Contains("10.30.0.0/16", StringComparison.Ordinal), ServiceProcess.Limit, "the route went with the peer");
        Assert.That(alpha.Log, Does.Not.Contain("Disconnected"), "beta has stayed connected all the time");

        Reload(alpha, Alpha(ServiceFolder.Peer("gamma", "10.88.0.3")), "Configuration reloaded: 1 peers configured");
        Eventually.True(() => alpha.Log.Contains("Disconnected from beta", StringComparison.Ordinal), ServiceProcess.Limit, "beta is disconnected"); // its line may stand before that of the reload
        beta.Stop();
        alpha.Stop();
    }

    [Test]
    [CancelAfter(240_000)]
    public void A_changed_revocation_list_ends_the_association_of_who_is_revoked()
    {
        _folder.WriteRevocationList(1);
        JsonObject config = Alpha(Beta());
        config["crl"] = "ca.crl";
        using ServiceProcess alpha = new(_hosts[0], _folder.Write("alpha", config));
        using ServiceProcess beta = StartBeta();
        alpha.WaitFor("Connected to beta");
        beta.WaitFor("Connected to alpha");

        _folder.Write("ca.crl", "half of a list"); // as while somebody writes it
        alpha.WaitFor("The revocation lists that have changed are not used, the former ones stay: .*ca.crl");
        Assert.That(alpha.Log, Does.Not.Contain("Disconnected"));

        _folder.WriteRevocationList(2, "beta");
        alpha.WaitFor("the certificate of \"beta\" is not accepted any more: certificate revoked");
        alpha.WaitFor("Disconnected from beta");
        beta.WaitFor("alpha at .* says: certificate revoked");
        beta.WaitFor("Calling alpha failed");
        alpha.Stop();
        beta.Stop();
    }

    [Test]
    [CancelAfter(240_000)]
    public void SIGTERM_tells_the_peers()
    {
        using ServiceProcess alpha = new(_hosts[0], _folder.Write("alpha", Alpha(Beta())));
        using ServiceProcess beta = StartBeta();
        alpha.WaitFor("Connected to beta");
        beta.WaitFor("Connected to alpha");

        alpha.Stop();

        beta.WaitFor("Disconnected from alpha at .*, closed by the peer");
        beta.Stop();
    }

    private static JsonObject Beta() => ServiceFolder.Peer("beta", "10.88.0.2");

    private static JsonObject Alpha(params JsonObject[] peers) => ServiceFolder.Config("alpha", "10.88.0.1/24", "0.0.0.0:4443", peers);

    private ServiceProcess StartBeta() => new(
        _hosts[1],
        _folder.Write("beta", ServiceFolder.Config("beta", "10.88.0.2/24", "0.0.0.0:4443", ServiceFolder.Peer("alpha", "10.88.0.1", $"{NetworkNamespaces.FirstIPv4}:4443"))));

    private void Reload(ServiceProcess alpha, JsonObject config, string answer)
    {
        _folder.Write("alpha", config);
        alpha.Signal(ServiceProcess.SigHup);
        alpha.WaitFor(answer);
    }
}
