using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FifoVpn.Cli;
using FifoVpn.Configuration;
using FifoVpn.Pki;
using FifoVpn.Tests.Support;

namespace FifoVpn.Tests.Cli;

internal sealed class ConfigCommandTests
{
    private UpFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new UpFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void A_good_configuration_is_summed_up()
    {
        (int code, string output, string error) = Check(_folder.WriteConfig(extraKey: "rateLimit", extraValue: 5000));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(error, Is.Empty);
            Assert.That(code, Is.Zero);
            Assert.That(output, Does.Match("^Node: +alpha\n"));
            Assert.That(output, Does.Match("\nDevice: +fifovpn0\nMTU: +what fits into a path of 1500 bytes\nAddresses: +10.88.0.1/24\nPeers: +1 listed, at most 1000\n"));
            Assert.That(output, Does.Match("\n  beta +10.88.0.2; calls this node\n"));
            Assert.That(output, Does.EndWith("\nOK\n").And.Not.Contains("Warning"));
        }
    }

    [Test]
    public void Settings_of_the_command_line_count()
    {
        string config = _folder.WriteConfig();

        Assert.That(Check(config, "--set", "peers.beta.endpoint=host.example:7", "--set", "device=vpn7").Output, Does.Contain("10.88.0.2; at host.example:7, persistent").And.Contains("vpn7"));
        Assert.That(Check(config, "--set", "listen=here"), Is.EqualTo(((int)ExitCode.Configuration, "", "fifovpn: --set listen: \"here\" is not ADDRESS:PORT; write 0.0.0.0:4443 or [::]:4443\n")));
    }

    [TestCase("no-equals-sign")]
    [TestCase("=value")]
    public void A_setting_without_key_or_value_is_a_usage_error(string set)
    {
        (int code, _, string error) = Check(_folder.WriteConfig(), "--set", set);

        Assert.That(code, Is.EqualTo((int)ExitCode.Usage));
        Assert.That(error, Does.Contain($"--set: \"{set}\" is not KEY=VALUE"));
    }

    [Test]
    public void A_configuration_of_a_rendezvous_server_is_checked_as_one()
    {
        string config = WriteServer("");

        (int code, string output, string error) = Check(config, "--rendezvous");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(error, Is.Empty);
            Assert.That(code, Is.Zero);
            Assert.That(output, Does.Match("^Rendezvous: +alpha\n").And.Match("\nRelay: +1000000 bytes a second for each pair\nOK\n$"));
            Assert.That(Check(config).Code, Is.EqualTo((int)ExitCode.Configuration), "a node needs more");
        }
    }

    [Test]
    public void What_up_would_refuse_is_refused_with_the_same_code()
    {
        using (Assert.EnterMultipleScope())
        {
            AssertFails(Check(_folder.PathOf("absent.json")), ExitCode.Configuration, "absent.json: cannot read the configuration");
            AssertFails(Check(_folder.WriteConfig(extraKey: "listn")), ExitCode.Configuration, "did you mean \"listen\"?");
            AssertFails(Check(_folder.WriteConfig(key: "beta.key")), ExitCode.Credentials, "does not belong to");
            AssertFails(Check(_folder.WriteConfig(address: "10.88.0.9/24")), ExitCode.Credentials, "--address 10.88.0.9");
            AssertFails(Check(_folder.WriteConfig(ca: "ca.key")), ExitCode.Credentials, "no PEM certificate");
            AssertFails(Check(_folder.WriteConfig(extraKey: "crl", extraValue: "ca.pem")), ExitCode.Credentials, "no revocation list (CRL) in");
            AssertFails(Check(WriteServer("\"crl\": \"ca.pem\","), "--rendezvous"), ExitCode.Credentials, "no revocation list (CRL) in");
        }
    }

    [Test]
    public void A_revocation_list_is_read()
    {
        using (CertificateAuthority ca = PkiFiles.LoadCa(_folder.Path))
        using (X509Certificate2 issuer = ca.Certificate.CopyWithPrivateKey(ca.Key))
        {
            byte[] crl = new CertificateRevocationListBuilder().Build(issuer, 1, DateTimeOffset.UtcNow.AddDays(1), HashAlgorithmName.SHA256);
            File.WriteAllBytes(_folder.PathOf("ca.crl"), crl);
        }

        (int code, string output, string error) = Check(_folder.WriteConfig(extraKey: "crl", extraValue: new[] { "ca.crl" }));

        Assert.That((code, error), Is.EqualTo((0, "")));
        Assert.That(output, Does.Match($"\nRevocation: +{_folder.PathOf("ca.crl")}\n"));
    }

    [Test]
    public void A_certificate_of_another_CA_is_a_warning()
    {
        using (CertificateAuthority other = CertificateAuthority.Create("Other CA"))
        {
            File.WriteAllText(_folder.PathOf("other.pem"), other.Certificate.ExportCertificatePem());
        }

        (int code, string output, _) = Check(_folder.WriteConfig(ca: "other.pem"));

        Assert.That(code, Is.Zero);
        Assert.That(output, Does.Contain($"Warning:       {_folder.PathOf("alpha.pem")}: was not issued by a CA of {_folder.PathOf("other.pem")}").And.EndsWith("\nOK\n"));
    }

    [TestCase(0, null)]
    [TestCase(-2, "is not valid before")]
    [TestCase(CertificateAuthority.DefaultNodeDays - 13, "expires at")]
    [TestCase(CertificateAuthority.DefaultNodeDays + 1, "expired at")]
    public void A_certificate_that_is_not_valid_or_not_for_long_is_a_warning(int days, string? expected)
    {
        NodeConfig config = NodeConfig.Load(_folder.WriteConfig());

        using NodeCredentials credentials = NodeCredentials.Load(config, new ManualClock(DateTimeOffset.UtcNow.AddDays(days)));

        string[] warnings = [.. credentials.Warnings.Where(warning => warning.StartsWith(config.CertificatePath, StringComparison.Ordinal))];
        Assert.That(warnings, expected is null ? Is.Empty : Has.Length.EqualTo(1).And.Some.Contains(expected));
    }

    [Test]
    public void A_name_that_is_not_the_certificates_is_a_warning() => Assert.That(
        Check(_folder.WriteConfig(extraKey: "name", extraValue: "gamma")).Output, Does.Contain("names \"alpha\", which is what others know this node by, and not \"gamma\""));

    [Test]
    public void Examples_are_printed()
    {
        Assert.That(Run("config", "example").Output, Is.EqualTo(ConfigExamples.Read("two-hosts-a")).And.StartsWith("//"));
        Assert.That(Run("config", "example", "rendezvous").Output, Is.EqualTo(ConfigExamples.Read("rendezvous")));
        Assert.That(Run("config", "example", "rendezvouz").Code, Is.EqualTo((int)ExitCode.Usage));
    }

    private static void AssertFails((int Code, string Output, string Error) result, ExitCode code, string expected)
    {
        Assert.That(result.Code, Is.EqualTo((int)code));
        Assert.That(result.Output, Is.Empty);
        Assert.That(result.Error, Does.Match(@"\Afifovpn: [^\n]+\n\z").And.Contains(expected));
    }

    private static (int Code, string Output, string Error) Check(string config, params string[] more) => Run(["config", "check", "--config", config, .. more]);

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        StringWriter output = new() { NewLine = "\n" };
        StringWriter error = new() { NewLine = "\n" };
        int code = FifoVpnCommand.Invoke(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }

    private string WriteServer(string extra)
    {
        string path = _folder.PathOf("server.json");
        File.WriteAllText(path, $$"""{ {{extra}} "listen": "[::]:0", "certificate": "alpha.pem", "privateKey": "alpha.key", "ca": "ca.pem" }""");
        return path;
    }
}
