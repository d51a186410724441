using System.Text.Json.Nodes;
using FifoDtls.TestSupport;
using FifoVpn.Cli;

namespace FifoVpn.Tests.Service;

/// <summary>Hooks and signals of a node that runs as a process.</summary>
internal sealed class ServiceHookTests : ServiceTestBase
{
    [Test]
    [CancelAfter(180_000)]
    public void Hooks_run_while_the_device_is_there()
    {
        const string report = "echo \"$FIFOVPN_EVENT $FIFOVPN_NAME $FIFOVPN_DEVICE $FIFOVPN_ADDRESSES $FIFOVPN_MTU $1\"; ip -o link show \"$FIFOVPN_DEVICE\" | grep -q UP";
        using ServiceProcess alpha = Start(report, $"{report}; echo too bad >&2; exit 5");

        alpha.WaitFor("hooks.up: up alpha fifovpn0 10.88.0.1/24 1435 argument");
        alpha.WaitUntilStarted();
        alpha.Stop(); // in order: the down hook's failure is only logged

        Assert.That(alpha.Log, Does.Contain("hooks.down: down alpha fifovpn0 10.88.0.1/24 1435").And.Contain("hooks.down: too bad").And.Contain("down.sh ended with exit code 5"));
    }

    [Test]
    [CancelAfter(180_000)]
    public void A_failing_up_hook_ends_the_node_with_a_code_of_its_own()
    {
        using ServiceProcess alpha = Start("exit 9", "echo never");

        Assert.That(alpha.WaitForExit(), Is.EqualTo((int)ExitCode.HookFailed));
        Assert.That(alpha.Log, Does.Match("(?m)^fifovpn: hooks.up: .*up.sh ended with exit code 9$").And.Not.Contain("never"));
        Assert.That(alpha.Ip("link", "show"), Does.Not.Contain("fifovpn0"));
    }

    [Test]
    [CancelAfter(180_000)]
    public void SIGTERM_during_the_up_hook_takes_the_node_down_in_order()
    {
        using ServiceProcess alpha = Start("echo begun; exec sleep 600", "echo cleaned");
        alpha.WaitFor("hooks.up: begun");

        alpha.Stop();

        Assert.That(alpha.Log, Does.Contain("hooks.down: cleaned"));
    }

    [Test]
    [CancelAfter(180_000)]
    public void A_second_signal_ends_the_node_at_once()
    {
        using ServiceProcess alpha = Start("exit 0", "echo begun; exec sleep 25");
        alpha.WaitUntilStarted();
        alpha.Signal(ChildProcess.SigTerm);
        alpha.WaitFor("hooks.down: begun");

        alpha.Signal(ChildProcess.SigInt);

        Assert.That(alpha.WaitForExit(), Is.EqualTo(128 + ChildProcess.SigInt));
        Assert.That(alpha.Ip("link", "show"), Does.Not.Contain("fifovpn0"));
    }

    private ServiceProcess Start(string up, string down)
    {
        JsonObject config = ServiceFolder.Config("alpha", "10.88.0.1/24", "0.0.0.0:4443");
        config["discover"] = true;
        config["hooks"] = new JsonObject
        {
            ["up"] = new JsonArray(_folder.Script("up.sh", up), "argument"),
            ["down"] = new JsonArray(_folder.Script("down.sh", down)),
        };
        return new ServiceProcess(_hosts[0], _folder.Write("alpha", config));
    }
}
