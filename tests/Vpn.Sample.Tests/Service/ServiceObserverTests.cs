using System.Text.Json.Nodes;
using FifoDtls.TestSupport;
using FifoVpn.Cli;

namespace FifoVpn.Tests.Service;

/// <summary>A node that runs as a process can be looked at.</summary>
internal sealed class ServiceObserverTests : ServiceTestBase
{
    [Test]
    [CancelAfter(180_000)]
    public void Status_and_metrics_are_served_where_the_configuration_says()
    {
        Requires.Tool("curl");
        JsonObject config = Config();
        config["statusSocket"] = "status.sock";
        config["metrics"] = "127.0.0.1:9443";
        string path = _folder.Write("alpha", config);
        using ServiceProcess alpha = new(_hosts[0], path);
        alpha.WaitFor("127.0.0.1:9443");

        ProcessResult metrics = ChildProcess.Run(new ChildProcessOptions { NetworkNamespace = _hosts[0] }, ServiceProcess.Limit, "curl", "-sf", "http://127.0.0.1:9443/metrics");
        Assert.That(metrics.ExitCode, Is.Zero, metrics.Error);
        Assert.That(metrics.Output, Does.Contain("# TYPE fifovpn_"));

        StringWriter output = new();
        Assert.That(FifoVpnCommand.Invoke(["status", "--config", path, "--json"], output, output), Is.Zero, output.ToString());
        Assert.That(JsonNode.Parse(output.ToString())!["name"]!.GetValue<string>(), Is.EqualTo("alpha"));

        alpha.Stop();
        Assert.That(Path.Exists(_folder.PathOf("status.sock")), Is.False, "the socket goes with the node");
    }

    [Test]
    [CancelAfter(180_000)]
    public void A_status_socket_that_was_asked_for_and_can_not_be_made_is_an_error()
    {
        JsonObject config = Config();
        config["statusSocket"] = _folder.Write("in-the-way", "");
        using ServiceProcess alpha = new(_hosts[0], _folder.Write("alpha", config));

        Assert.That(alpha.WaitForExit(), Is.EqualTo((int)ExitCode.Configuration));
        Assert.That(alpha.Log, Does.Match("(?m)^fifovpn: statusSocket: .*in-the-way is there and no socket"));
    }

    private static JsonObject Config() => ServiceFolder.Config("alpha", "10.88.0.1/24", "0.0.0.0:4443", ServiceFolder.Peer("beta", "10.88.0.2"));
}
