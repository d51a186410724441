using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FifoDtls;
using FifoDtls.TestSupport;
using FifoVpn.Cli;
using FifoVpn.Control;
using FifoVpn.Packets;
using FifoVpn.Pki;
using FifoVpn.Status;
using FifoVpn.Tests.Rendezvous;
using FifoVpn.Tests.Status;

namespace FifoVpn.Tests.Cli;

/// <summary><c>fifovpn rendezvous</c> as a program of its own.</summary>
internal sealed class RendezvousCommandTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private TempDirectory _folder = null!;
    private CertificateAuthority _authority = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TempDirectory();
        _authority = CertificateAuthority.Create();
        PkiFiles.SaveCa(_authority, _folder.FullPath, force: false);
        using NodeCertificate server = _authority.Issue("meet", [VpnAddress.Parse("10.88.255.1")]);
        PkiFiles.SaveNode(server, _folder.FullPath, force: false);
    }

    [TearDown]
    public void RemoveFolder()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [TestCase(ChildProcess.SigInt)]
    [TestCase(ChildProcess.SigTerm)]
    [CancelAfter(180_000)]
    public void It_serves_nodes_until_a_signal_and_says_good_bye(int signal)
    {
        using ChildProcess program = ChildProcess.StartDotnet("fifovpn", "rendezvous", "--config", WriteConfig("127.0.0.1:0"));
        string port = program.WaitForLine(OutputStream.Error, @"Rendezvous server on 127\.0\.0\.1:(?<port>\d+)", Limit).Groups["port"].Value;
        using NodeCertificate certificate = _authority.Issue("alpha", [VpnAddress.Parse("10.88.0.1")]);
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate.Certificate);
        using DtlsContext context = new(new DtlsContextOptions { Credentials = credentials, TrustAnchors = [_authority.Certificate] });
        using RendezvousClient alpha = new("alpha", context, IPEndPoint.Parse($"127.0.0.1:{port}"));
        Assert.That(alpha.Register(), Is.EqualTo(new RegisteredMessage(alpha.OutsideEndPoint, Relays: false, TimeSpan.FromSeconds(10))), "as configured");

        (ExitCode code, string status, _) = StatusFixture.RunCommand("status", "--socket", _folder.PathOf("meet.sock"));
        Assert.That((code, JsonSerializer.Deserialize(status, StatusJson.Default.ServerStatus)!.Nodes.Single().Name), Is.EqualTo((ExitCode.Success, "alpha")));
        program.Signal(signal);
        Assert.That(alpha.AwaitBye(), Is.EqualTo(ByeReason.ShuttingDown));
        Assert.That(program.WaitForExit(Limit), Is.EqualTo((int)ExitCode.Success));
        Assert.That(program.Text(OutputStream.Error), Does.Contain("Node alpha registered").And.Contain("Rendezvous server stopped"));
    }

    [Test]
    [CancelAfter(90_000)]
    public void A_port_in_use_is_named()
    {
        using Socket occupant = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        occupant.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        string listen = occupant.LocalEndPoint!.ToString()!;
        ProcessResult result = ChildProcess.RunDotnet(Limit, "fifovpn", "rendezvous", "--config", WriteConfig(listen));
        Assert.That(result.ExitCode, Is.EqualTo((int)ExitCode.Network));
        Assert.That(result.Error, Does.Contain(listen).And.Contain("in use").And.Contain("another port"));
    }

    [Test]
    [CancelAfter(90_000)]
    public void A_wrong_configuration_is_named()
    {
        ProcessResult result = ChildProcess.RunDotnet(Limit, "fifovpn", "rendezvous", "--config", WriteConfig("127.0.0.1:0"), "--set", "maxNodes=0");
        Assert.That(result.ExitCode, Is.EqualTo((int)ExitCode.Configuration));
        Assert.That(result.Error, Does.Match(@"\Afifovpn: [^\n]*maxNodes[^\n]*\n\z"), "one line");
    }

    private string WriteConfig(string listen) => _folder.Write("rendezvous.json", JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["listen"] = listen,
        ["certificate"] = "meet.pem",
        ["privateKey"] = "meet.key",
        ["ca"] = "ca.pem",
        ["relay"] = false,
        ["statusSocket"] = "meet.sock",
    }));
}
