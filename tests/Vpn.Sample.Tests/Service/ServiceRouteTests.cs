using System.Text.Json.Nodes;
using FifoDtls.TestSupport;

namespace FifoVpn.Tests.Service;

/// <summary>Routes and MTU of the system, with real devices in network namespaces.</summary>
internal sealed class ServiceRouteTests
{
    private ServiceFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new ServiceFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    [CancelAfter(180_000)]
    public void The_device_gets_its_MTU_and_a_route_that_is_taken_is_only_a_warning()
    {
        Requires.NetworkNamespace();
        Requires.TunDevice();
        using NetworkNamespaces hosts = NetworkNamespaces.CreatePair();
        JsonObject peer = ServiceFolder.Peer("beta", "10.88.0.2", null, "10.20.0.0/16", "10.21.0.0/16");
        using ChildProcess route = ChildProcess.Start("ip", "-n", hosts[0], "route", "add", "10.20.0.0/16", "dev", "veth0");
        Assert.That(route.WaitForExit(ServiceProcess.Limit), Is.Zero);

        using ServiceProcess alpha = new(hosts[0], _folder.Write("alpha", ServiceFolder.Config("alpha", "10.88.0.1/24", "0.0.0.0:4443", peer)));
        alpha.WaitFor("The route to 10.20.0.0/16 of beta could not be set: .*File exists");
        alpha.WaitUntilStarted();

        Assert.That(alpha.Routes(), Does.Contain("10.21.0.0/16").And.Contain("10.88.0.0/24").And.Not.Contain("10.20.0.0/16"));
        Assert.That(alpha.Ip("link", "show", "fifovpn0"), Does.Contain("mtu 1435 "));
        alpha.Stop();
    }

    [Test]
    [CancelAfter(180_000)]
    public void A_found_peer_brings_the_routes_to_the_networks_of_its_certificate()
    {
        Requires.NetworkNamespace();
        Requires.TunDevice();
        _folder.Issue("delta", "10.88.0.4", "10.40.0.0/16");
        using NetworkNamespaces hosts = NetworkNamespaces.CreatePair();
        JsonObject finder = ServiceFolder.Config("alpha", "10.88.0.1/24", "0.0.0.0:4443");
        finder["discover"] = true;
        using ServiceProcess alpha = new(hosts[0], _folder.Write("alpha", finder));
        alpha.WaitUntilStarted();
        Assert.That(alpha.Routes(), Does.Not.Contain("10.40.0.0/16"));

        JsonObject peer = ServiceFolder.Peer("alpha", "10.88.0.1", $"{NetworkNamespaces.FirstIPv4}:4443");
        using ServiceProcess delta = new(hosts[1], _folder.Write("delta", ServiceFolder.Config("delta", "10.88.0.4/24", "0.0.0.0:4443", peer)));
        alpha.WaitFor("Found delta");

        Eventually.True(() => alpha.Routes().Contains("10.40.0.0/16", StringComparison.Ordinal), ServiceProcess.Limit, "the route to delta's network is there");
        delta.Stop();
        alpha.WaitFor("Disconnected from delta");
        alpha.Stop();
    }
}
