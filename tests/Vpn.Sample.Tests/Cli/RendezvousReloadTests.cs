using System.Text.Json.Nodes;
using FifoDtls.TestSupport;
using FifoVpn.Cli;
using FifoVpn.Tests.Service;

namespace FifoVpn.Tests.Cli;

/// <summary>SIGHUP and changed revocation lists, with <c>fifovpn rendezvous</c> as a process.</summary>
internal sealed class RendezvousReloadTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Test]
    [CancelAfter(180_000)]
    public void Lists_are_taken_over_when_they_change_and_the_configuration_on_SIGHUP()
    {
        Requires.Linux();
        using ServiceFolder folder = new();
        folder.WriteRevocationList(1);
        string path = folder.Write("meet", Config());
        using ChildProcess server = ChildProcess.StartDotnet(new ChildProcessOptions(), "fifovpn", "rendezvous", "--config", path);
        server.WaitForLine(OutputStream.Error, "Rendezvous server on", Limit);

        folder.Write("ca.crl", "half of a list");
        server.WaitForLine(OutputStream.Error, "The revocation lists that have changed are not used, the former ones stay: .*ca.crl", Limit);
        folder.WriteRevocationList(2, "beta");
        server.WaitForLine(OutputStream.Error, "1 newer revocation lists are in use; 0 associations were ended", Limit);

        JsonObject changed = Config();
        changed["maxNodes"] = 7;
        folder.Write("meet", changed);
        server.Signal(ServiceProcess.SigHup);
        server.WaitForLine(OutputStream.Error, "Configuration reloaded", Limit);
        server.WaitForLine(OutputStream.Error, "which have changed: maxNodes", Limit);

        folder.Write("meet.json", "{ \"maxNodes\": 0 }");
        server.Signal(ServiceProcess.SigHup);
        server.WaitForLine(OutputStream.Error, "The configuration was not reloaded, all stays as it was: .*meet.json", Limit);

        server.Signal(ChildProcess.SigTerm);
        Assert.That(server.WaitForExit(Limit), Is.EqualTo((int)ExitCode.Success));

        static JsonObject Config() => new()
        {
            ["listen"] = "127.0.0.1:0",
            ["certificate"] = "alpha.pem",
            ["privateKey"] = "alpha.key",
            ["ca"] = "ca.pem",
            ["crl"] = "ca.crl",
            ["statusSocket"] = "none",
        };
    }
}
