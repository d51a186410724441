using System.Runtime.CompilerServices;
using FifoDtls.TestSupport;
using FifoVpn.Cli;

namespace FifoVpn.Tests.Service;

/// <summary>A node under a service manager, and as a user without root; the unit files.</summary>
internal sealed class SystemdTests
{
    private const string Nobody = "65534";

    // The clone device as udev makes it, whatever its mode is on this machine; then the program as a user without root, with the capabilities of $1.
    private const string Unprivileged =
        "mount -t tmpfs tmpfs /dev/net && mknod -m 666 /dev/net/tun c 10 200 && caps=$1 && shift"
        + " && exec setpriv --reuid=" + Nobody + " --regid=" + Nobody + " --clear-groups --no-new-privs --bounding-set=-all,$caps --inh-caps=-all,$caps --ambient-caps=-all,$caps \"$@\"";

    private ServiceFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new ServiceFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    [CancelAfter(180_000)]
    public void A_node_tells_its_manager_when_it_is_ready_alive_reloading_and_stopping()
    {
        Requires.NetworkNamespace();
        Requires.TunDevice();
        using NetworkNamespaces hosts = NetworkNamespaces.Create(1);
        using NotifySocket socket = new(_folder.PathOf("notify"));
        Dictionary<string, string?> environment = new() { ["NOTIFY_SOCKET"] = socket.Address, ["WATCHDOG_USEC"] = "400000" };
        using ServiceProcess alpha = new(hosts[0], WriteConfig(), environment);

        Assert.That(socket.Receive(), Is.EqualTo("READY=1\nSTATUS=0 of 1 peers connected"));
        socket.WaitFor("WATCHDOG=1");
        socket.WaitFor("WATCHDOG=1");
        alpha.Signal(ServiceProcess.SigHup);
        socket.WaitFor("RELOADING=1\nMONOTONIC_USEC=");
        socket.WaitFor("READY=1");
        alpha.Signal(ChildProcess.SigTerm);
        socket.WaitFor("STOPPING=1");
        Assert.That(alpha.WaitForExit(), Is.Zero);
    }

    [Test]
    [CancelAfter(180_000)]
    public void A_rendezvous_server_tells_its_manager_too()
    {
        Requires.Linux();
        string config = _folder.Write("rendezvous.json", """{ "listen": "127.0.0.1:0", "certificate": "alpha.pem", "privateKey": "alpha.key", "ca": "ca.pem", "statusSocket": "none" }""");
        using NotifySocket socket = new(_folder.PathOf("notify"));
        ChildProcessOptions options = new() { Environment = new Dictionary<string, string?> { ["NOTIFY_SOCKET"] = socket.Address, ["WATCHDOG_USEC"] = "400000" } };
        using ChildProcess server = ChildProcess.StartDotnet(options, "fifovpn", "rendezvous", "--config", config, "--log-format", "json");

        Assert.That(socket.Receive(), Is.EqualTo("READY=1\nSTATUS=0 nodes registered"));
        socket.WaitFor("WATCHDOG=1");
        server.Signal(ChildProcess.SigTerm);
        socket.WaitFor("STOPPING=1");
        Assert.That(server.WaitForExit(ServiceProcess.Limit), Is.Zero);
        Assert.That(server.Lines(OutputStream.Error), Is.Not.Empty.And.All.StartWith("{"));
    }

    [Test]
    [CancelAfter(180_000)]
    public void A_user_without_root_but_with_CAP_NET_ADMIN_brings_a_node_up()
    {
        Requires.NetworkNamespace();
        Requires.TunDevice();
        Requires.Tools("unshare", "setpriv", "chown");
        using NetworkNamespaces hosts = NetworkNamespaces.Create(1);
        using ChildProcess alpha = StartUnprivileged(hosts[0], "+net_admin");

        alpha.WaitForLine(OutputStream.Error, "listening on", ServiceProcess.Limit);
        ProcessResult link = ChildProcess.Run(new ChildProcessOptions { NetworkNamespace = hosts[0] }, ServiceProcess.Limit, "ip", "address", "show", "fifovpn0");
        Assert.That(link.Output, Does.Contain("10.88.0.1/24"));
        Assert.That(File.ReadAllText($"/proc/{alpha.Id}/status"), Does.Match($"(?m)^Uid:\t{Nobody}\t{Nobody}\t{Nobody}\t{Nobody}$").And.Match("(?m)^CapEff:\t0000000000001000$"));
        alpha.Signal(ChildProcess.SigTerm);
        Assert.That(alpha.WaitForExit(ServiceProcess.Limit), Is.Zero);
    }

    [Test]
    [CancelAfter(180_000)]
    public void A_user_without_the_capability_is_told_its_name()
    {
        Requires.NetworkNamespace();
        Requires.TunDevice();
        Requires.Tools("unshare", "setpriv", "chown");
        using NetworkNamespaces hosts = NetworkNamespaces.Create(1);
        using ChildProcess alpha = StartUnprivileged(hosts[0], "-net_admin");

        Assert.That(alpha.WaitForExit(ServiceProcess.Limit), Is.EqualTo((int)ExitCode.Device));
        Assert.That(alpha.Text(OutputStream.Error), Does.Match(@"\Afifovpn: [^\n]*CAP_NET_ADMIN[^\n]*\n\z"));
    }

    [TestCase("fifovpn@.service")]
    [TestCase("fifovpn-rendezvous.service")]
    [CancelAfter(60_000)]
    public void Unit_files_are_what_systemd_understands(string file)
    {
        Requires.Tool("systemd-analyze");

        // The program and the user are not there yet where the unit is not installed.
        string unit = UnitFile(file).Replace("/usr/bin/fifovpn", "/bin/true", StringComparison.Ordinal).Replace("User=fifovpn", "User=daemon", StringComparison.Ordinal);
        string path = _folder.Write(file.Replace("@.", "@test.", StringComparison.Ordinal), unit);

        ProcessResult result = ChildProcess.Run(ServiceProcess.Limit, "systemd-analyze", "verify", "--man=no", "--recursive-errors=no", path);

        Assert.That((result.ExitCode, result.Output + result.Error), Is.EqualTo((0, "")));
    }

    [Test]
    public void The_node_s_unit_gives_one_privilege_and_fits_what_the_program_tells()
    {
        Dictionary<string, string> service = Settings("fifovpn@.service");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(service["Type"], Is.EqualTo("notify"));
            Assert.That(service["WatchdogSec"], Is.Not.Empty);
            Assert.That(service["User"], Is.EqualTo("fifovpn"));
            Assert.That((service["AmbientCapabilities"], service["CapabilityBoundingSet"]), Is.EqualTo(("CAP_NET_ADMIN", "CAP_NET_ADMIN")));
            Assert.That((service["RuntimeDirectory"], service["Restart"], service["ExecReload"]), Is.EqualTo(("fifovpn", "on-failure", "kill -HUP $MAINPID")));
            Assert.That(service["ExecStart"], Is.EqualTo("/usr/bin/fifovpn up --config /etc/fifovpn/%i.json"));
            Assert.That(
                service["RestartPreventExitStatus"].Split(' ').Select(int.Parse),
                Is.EqualTo(new[] { (int)ExitCode.Usage, (int)ExitCode.Configuration, (int)ExitCode.Credentials, (int)ExitCode.LibSslMissing }));
        }
    }

    [Test]
    public void The_rendezvous_server_s_unit_gives_no_privilege()
    {
        Dictionary<string, string> service = Settings("fifovpn-rendezvous.service");

        Assert.That(service["CapabilityBoundingSet"], Is.Empty);
        Assert.That(service.Keys, Has.No.Member("AmbientCapabilities"));
        Assert.That(service["User"], Is.EqualTo("fifovpn"));
    }

    private static Dictionary<string, string> Settings(string file) => UnitFile(file)
        .Split('\n')
        .Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))
        .Select(line => line.Split('=', 2))
        .ToDictionary(parts => parts[0], parts => parts[1]);

    private static string UnitFile(string name, [CallerFilePath] string file = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(file)!, "../../../packaging/systemd", name));

    private string WriteConfig() =>
        _folder.Write("alpha", ServiceFolder.Config("alpha", "10.88.0.1/24", "0.0.0.0:4443", ServiceFolder.Peer("beta", "10.88.0.2")));

    private ChildProcess StartUnprivileged(string host, string capabilities)
    {
        string config = WriteConfig();
        ProcessResult owned = ChildProcess.Run(ServiceProcess.Limit, "chown", "-R", Nobody, _folder.Path);
        Assert.That(owned.ExitCode, Is.Zero, owned.Error);
        return ChildProcess.Start(
            new ChildProcessOptions { NetworkNamespace = host }, "unshare", ["-m", "sh", "-c", Unprivileged, "sh", capabilities, .. ChildProcess.DotnetCommand("fifovpn"), "up", "--config", config]);
    }
}
