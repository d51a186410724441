using System.Net;
using System.Net.Sockets;
using FifoDtls.TestSupport;
using FifoVpn.Cli;
using FifoVpn.Tests.Support;

namespace FifoVpn.Tests.Cli;

/// <summary>What a user sees when <c>fifovpn up</c> can't start: one line that says what is wrong, and the documented exit code.</summary>
internal sealed class UpStartTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private UpFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new UpFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    [CancelAfter(90_000)]
    public void A_missing_configuration_is_named()
    {
        string path = _folder.PathOf("nothing.json");
        AssertFails(Up(path), ExitCode.Configuration, path, "cannot read the configuration");
    }

    [Test]
    [CancelAfter(90_000)]
    public void A_wrong_key_of_the_configuration_is_named() =>
        AssertFails(Up(_folder.WriteConfig(extraKey: "listn", extraValue: "127.0.0.1:1")), ExitCode.Configuration, "alpha.json", "listn", "listen");

    [Test]
    [CancelAfter(90_000)]
    public void A_private_key_of_another_certificate_is_named() =>
        AssertFails(Up(_folder.WriteConfig(key: "beta.key")), ExitCode.Credentials, "beta.key", "does not belong to", "alpha.pem");

    [Test]
    [CancelAfter(90_000)]
    public void A_certificate_without_the_configured_address_is_named() =>
        AssertFails(Up(_folder.WriteConfig(address: "10.88.0.9/24")), ExitCode.Credentials, "alpha.pem", "10.88.0.9", "--address 10.88.0.9");

    [Test]
    [CancelAfter(90_000)]
    public void A_CA_file_without_a_certificate_is_named() =>
        AssertFails(Up(_folder.WriteConfig(ca: "ca.key")), ExitCode.Credentials, "ca.key", "no PEM certificate");

    [Test]
    [CancelAfter(90_000)]
    public void Missing_libssl_is_named_with_the_package_that_has_it()
    {
        Requires.Linux(); // the message is about packages of Linux distributions
        string empty = Directory.CreateDirectory(_folder.PathOf("empty")).FullName;
        ChildProcessOptions options = new() { Environment = new Dictionary<string, string?> { ["FIFODTLS_OPENSSL_DIR"] = empty } };
        ProcessResult result = ChildProcess.RunDotnet(options, Limit, "fifovpn", "up", "--config", _folder.WriteConfig());
        AssertFails(result, ExitCode.LibSslMissing, "OpenSSL 3", "apt install libssl3", "FIFODTLS_OPENSSL_DIR");
    }

    [Test]
    [CancelAfter(90_000)]
    public void A_missing_TUN_device_is_named_with_the_cure()
    {
        Requires.Linux();
        Requires.Root();
        Requires.Tool("unshare");
        string config = _folder.WriteConfig();
        const string hidden = "mkdir -p /dev/net && mount -t tmpfs tmpfs /dev/net && exec \"$@\"";
        ProcessResult result = ChildProcess.Run(Limit, "unshare", ["-m", "-n", "sh", "-c", hidden, "sh", .. ChildProcess.DotnetCommand("fifovpn"), "up", "--config", config]);
        AssertFails(result, ExitCode.Device, "/dev/net/tun", "modprobe tun");
    }

    [Test]
    [CancelAfter(90_000)]
    public void Missing_privilege_is_named_with_the_cure() => NetworkNamespace.Run(() =>
    {
        Requires.Tool("setpriv");
        string config = _folder.WriteConfig();
        ProcessResult result = ChildProcess.Run(
            Limit, "setpriv", ["--bounding-set=-net_admin", "--inh-caps=-net_admin", .. ChildProcess.DotnetCommand("fifovpn"), "up", "--config", config]);
        AssertFails(result, ExitCode.Device, "CAP_NET_ADMIN", "setcap");
    });

    [Test]
    [CancelAfter(90_000)]
    public void A_port_in_use_is_named() => NetworkNamespace.Run(() =>
    {
        using Socket occupant = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        occupant.Bind(new IPEndPoint(IPAddress.Any, 0));
        string listen = $"0.0.0.0:{((IPEndPoint)occupant.LocalEndPoint!).Port}";

        // The child inherits this thread's namespace.
        AssertFails(Up(_folder.WriteConfig(listen: listen)), ExitCode.Network, listen, "in use", "another port");
    });

    [Test]
    [CancelAfter(90_000)]
    public void An_address_that_the_machine_does_not_have_is_named() => NetworkNamespace.Run(() =>
        AssertFails(Up(_folder.WriteConfig(listen: "192.0.2.77:4443")), ExitCode.Network, "192.0.2.77:4443"));

    private static ProcessResult Up(string config) => ChildProcess.RunDotnet(Limit, "fifovpn", "up", "--config", config);

    private static void AssertFails(ProcessResult result, ExitCode code, params string[] parts)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo((int)code));
            Assert.That(result.Output, Is.Empty);
            Assert.That(result.Error, Does.Match(@"\Afifovpn: [^\n]+\n\z"), "one line");
            foreach (string part in parts)
            {
                Assert.That(result.Error, Does.Contain(part));
            }
        }

        TestContext.Out.WriteLine(result.Error.TrimEnd());
    }
}
