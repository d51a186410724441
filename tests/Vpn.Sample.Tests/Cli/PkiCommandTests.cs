using System.Diagnostics;
using FifoVpn.Cli;
using FifoVpn.Tests.Support;

namespace FifoVpn.Tests.Cli;

internal sealed class PkiCommandTests
{
    private TemporaryFolder _folder = null!;

    private string Dir => Path.Combine(_folder.Path, "pki");

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void Init_issue_and_show_work_together_and_openssl_agrees()
    {
        Assert.That(Run("pki", "init", "--dir", Dir, "--name", "Our CA", "--days", "100").Code, Is.Zero);
        Assert.That(Run("pki", "issue", "alpha", "--dir", Dir, "--address", "10.88.0.1", "--address", "fd88::1").Code, Is.Zero);

        (int code, string output, string error) = Run("pki", "show", Path.Combine(Dir, "alpha.pem"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.Zero);
            Assert.That(error, Is.Empty);
            Assert.That(output, Does.Contain("CN=alpha").And.Contains("CN=Our CA").And.Contains("10.88.0.1, fd88::1").And.Contains("EC P-256"));
            Assert.That(output, Does.Match("valid now, 99 days left").And.Match("SHA-256: +([0-9A-F]{2}:){31}[0-9A-F]{2}\n"));
        }

        foreach (string purpose in new[] { "sslserver", "sslclient" })
        {
            string verified = OpenSsl("verify", "-x509_strict", "-purpose", purpose, "-verify_ip", "fd88::1", "-CAfile", "ca.pem", "alpha.pem");
            Assert.That(verified.Trim(), Is.EqualTo("alpha.pem: OK"));
        }

        string fingerprint = OpenSsl("x509", "-in", "alpha.pem", "-noout", "-fingerprint", "-sha256").Split('=')[1].Trim();
        Assert.That(output, Does.Contain(fingerprint));
        Assert.That(OpenSsl("pkey", "-in", "alpha.key", "-noout", "-text"), Does.Contain("NIST CURVE: P-256"));
    }

    [Test]
    public void Existing_files_stop_a_command_unless_forced()
    {
        Run("pki", "init", "--dir", Dir);
        (int code, string output, string error) = Run("pki", "init", "--dir", Dir);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo((int)ExitCode.Credentials));
            Assert.That(output, Is.Empty);
            Assert.That(error, Is.EqualTo($"fifovpn: {Path.Combine(Dir, "ca.pem")} exists; nothing was written; use --force to replace it\n"));
            Assert.That(Run("pki", "init", "--dir", Dir, "--force").Code, Is.Zero);
        }
    }

    [Test]
    public void Issue_without_CA_says_how_to_make_one()
    {
        (int code, _, string error) = Run("pki", "issue", "alpha", "--dir", Dir, "--address", "10.88.0.1");

        Assert.That(code, Is.EqualTo((int)ExitCode.Credentials));
        Assert.That(error, Does.Contain($"fifovpn pki init --dir {Dir}"));
    }

    [TestCase("../alpha", "is no node name")]
    [TestCase("ca", "would replace the CA's")]
    public void Issue_refuses_names_that_make_bad_files(string name, string expected)
    {
        Run("pki", "init", "--dir", Dir);
        (int code, _, string error) = Run("pki", "issue", name, "--dir", Dir, "--address", "10.88.0.1", "--force");

        Assert.That(code, Is.EqualTo((int)ExitCode.Credentials));
        Assert.That(error, Does.Contain(expected));
        Assert.That(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories), Has.Length.EqualTo(2));
    }

    [Test]
    public void Show_names_what_it_cannot_read()
    {
        string key = _folder.File("x.key", "nonsense");
        string absent = Path.Combine(_folder.Path, "absent.pem");

        Assert.That(Run("pki", "show", key), Is.EqualTo(((int)ExitCode.Credentials, "", $"fifovpn: {key} holds no certificate in PEM or DER form, or cannot be read\n")));
        Assert.That(Run("pki", "show", absent), Is.EqualTo(((int)ExitCode.Credentials, "", $"fifovpn: there is no file {absent}\n")));
    }

    [TestCase("--address: \"10.88.0.1/24\" is not an IP address", "pki", "issue", "alpha", "--dir", "d", "--address", "10.88.0.1/24")]
    [TestCase("'--address' is required", "pki", "issue", "alpha", "--dir", "d")]
    [TestCase("--subnet: \"10.20.0.1/16\" has host bits set", "pki", "issue", "alpha", "--dir", "d", "--address", "10.88.0.1", "--subnet", "10.20.0.1/16")]
    [TestCase("'--address' is required", "pki", "issue", "alpha", "--dir", "d", "--subnet", "10.20.0.0/16")]
    [TestCase("'--rendezvous' and '--address' exclude each other", "pki", "issue", "alpha", "--dir", "d", "--rendezvous", "--address", "10.88.0.1")]
    [TestCase("'--rendezvous' and '--subnet' exclude each other", "pki", "issue", "alpha", "--dir", "d", "--rendezvous", "--subnet", "10.20.0.0/16")]
    [TestCase("'--dir' is required", "pki", "init")]
    [TestCase("the folder's name is empty", "pki", "init", "--dir", "")]
    [TestCase("'x' for option '--days'", "pki", "init", "--dir", "d", "--days", "x")]
    [TestCase("'--frob'", "pki", "show", "x", "--frob")]
    [TestCase("Required command was not provided", "pki")]
    [TestCase("'frob'", "frob")]
    public void Usage_errors_end_with_code_1_and_a_line(string expected, params string[] arguments)
    {
        (int code, _, string error) = Run(arguments);

        Assert.That(code, Is.EqualTo((int)ExitCode.Usage));
        Assert.That(error, Does.Contain(expected));
    }

    [Test]
    public void A_usage_error_of_a_command_does_not_print_the_whole_help() =>
        Assert.That(Run("pki", "init").Output.Trim(), Is.Empty);

    [Test]
    public void Help_lists_the_commands()
    {
        (int code, string output, _) = Run("pki", "--help");
        Assert.That(code, Is.Zero);
        Assert.That(output, Does.Contain("init").And.Contains("issue <NAME>").And.Contains("renew <NAME>").And.Contains("revoke <NAME>").And.Contains("crl").And.Contains("show <FILE>"));
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        StringWriter output = new() { NewLine = "\n" };
        StringWriter error = new() { NewLine = "\n" };
        int code = FifoVpnCommand.Invoke(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }

    private string OpenSsl(params string[] arguments)
    {
        ProcessStartInfo start = new("openssl", arguments) { WorkingDirectory = Dir, RedirectStandardOutput = true };
        try
        {
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            Assert.That(process.WaitForExit(TimeSpan.FromSeconds(20)), Is.True);
            Assert.That(process.ExitCode, Is.Zero, output);
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            NetworkNamespace.SkipOrFail("needs the openssl program");
            throw;
        }
    }
}
