using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using FifoVpn.Cli;
using FifoVpn.Packets;
using FifoVpn.Pki;
using FifoVpn.Tests.Support;

namespace FifoVpn.Tests.Cli;

[UnsupportedOSPlatform("windows")]
[Platform(Exclude = "Win", Reason = "file modes")]
internal sealed class PkiRenewCommandTests
{
    private PkiRunner _pki = null!;

    [SetUp]
    public void MakeAuthority()
    {
        _pki = new PkiRunner();
        _pki.Succeed("init");
        _pki.Succeed("issue", "alpha", "--address", "10.88.0.1", "--subnet", "10.20.0.0/16", "--days", "5");
    }

    [TearDown]
    public void RemoveFolder() => _pki.Dispose();

    [Test]
    public void The_new_certificate_says_the_same_with_a_new_key_and_serial()
    {
        using X509Certificate2 former = Load("alpha.pem");
        string output = _pki.Succeed("renew", "alpha", "--days", "50");
        using X509Certificate2 pair = X509Certificate2.CreateFromPemFile(_pki.PathOf("alpha.pem"), _pki.PathOf("alpha.key"));

        CertificateIdentity.TryRead(pair, out CertificateIdentity? identity);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(output, Does.StartWith($"made {_pki.PathOf("alpha.pem")}: give it to the node\nmade {_pki.PathOf("alpha.key")}: give it to the node and to nobody else\n"));
            Assert.That(identity!.Name, Is.EqualTo("alpha"));
            Assert.That(identity.Prefixes, Is.EqualTo(new[] { IpPrefix.Parse("10.88.0.1/32"), IpPrefix.Parse("10.20.0.0/16") }));
            Assert.That(pair.NotAfter, Is.GreaterThan(former.NotAfter.AddDays(44)));
            Assert.That(pair.SerialNumber, Is.Not.EqualTo(former.SerialNumber));
            Assert.That(pair.GetPublicKey(), Is.Not.EqualTo(former.GetPublicKey()));
            Assert.That(File.GetUnixFileMode(_pki.PathOf("alpha.key")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            Assert.That(_pki.OpenSsl("verify", "-x509_strict", "-CAfile", "ca.pem", "alpha.pem").Trim(), Is.EqualTo("alpha.pem: OK"));
            Assert.That(Directory.GetFiles(_pki.Dir).Select(Path.GetFileName), Is.EquivalentTo(new[] { "ca.pem", "ca.key", "alpha.pem", "alpha.key" }));
        }
    }

    [Test]
    public void With_its_key_kept_a_node_need_not_show_it()
    {
        using X509Certificate2 former = Load("alpha.pem");
        File.Delete(_pki.PathOf("alpha.key")); // it is at the node

        string output = _pki.Succeed("renew", "--cert", _pki.PathOf("alpha.pem"), "--keep-key");

        using X509Certificate2 certificate = Load("alpha.pem");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(output, Does.StartWith($"made {_pki.PathOf("alpha.pem")}: give it to the node, which keeps its key\n"));
            Assert.That(certificate.GetPublicKey(), Is.EqualTo(former.GetPublicKey()));
            Assert.That(certificate.SerialNumber, Is.Not.EqualTo(former.SerialNumber));
            Assert.That(File.Exists(_pki.PathOf("alpha.key")), Is.False);
            Assert.That(_pki.OpenSsl("verify", "-x509_strict", "-CAfile", "ca.pem", "alpha.pem").Trim(), Is.EqualTo("alpha.pem: OK"));
        }
    }

    [Test]
    public void A_rendezvous_server_stays_one()
    {
        _pki.Succeed("issue", "meet", "--rendezvous");
        Assert.That(_pki.Succeed("renew", "meet"), Does.Contain("give it to the rendezvous server"));
        Assert.That(_pki.Show("meet.pem"), Does.Contain("rendezvous server"));
    }

    [Test]
    public void A_certificate_that_has_expired_is_renewed()
    {
        ManualClock clock = new(DateTimeOffset.UtcNow.AddDays(-100));
        using CertificateAuthority ca = CertificateAuthority.Create(clock: clock);
        using NodeCertificate expired = ca.Issue("old", [VpnAddress.Parse("10.88.0.9")], days: 1);
        PkiFiles.SaveCa(ca, _pki.Dir, force: true);
        PkiFiles.SaveNode(expired, _pki.Dir, force: false);

        _pki.Succeed("renew", "old");

        Assert.That(_pki.Show("old.pem"), Does.Contain("valid now"));
    }

    [Test]
    public void What_is_not_of_this_CA_is_not_renewed_and_stays()
    {
        string foreign = File.ReadAllText(_pki.PathOf("alpha.pem"));
        _pki.Succeed("init", "--force"); // the same name, another key

        AssertRefused("alpha.pem was not issued by this CA (CN=FifoVpn CA)", "renew", "alpha");
        AssertRefused("is the certificate of the CA itself", "renew", "--cert", _pki.PathOf("ca.pem"));
        AssertRefused("a node cannot be called \"ca\"", "renew", "ca");
        AssertRefused("there is no file", "renew", "beta");
        Assert.That(File.ReadAllText(_pki.PathOf("alpha.pem")), Is.EqualTo(foreign));
    }

    [Test]
    public void A_file_under_another_node_s_name_is_not_renewed_by_that_name()
    {
        File.Copy(_pki.PathOf("alpha.pem"), _pki.PathOf("beta.pem"));
        AssertRefused("beta.pem is the certificate of alpha, not of beta", "renew", "beta");
    }

    [Test]
    public void A_revoked_certificate_is_not_renewed_but_the_node_can_be_let_in_again()
    {
        _pki.Succeed("revoke", "alpha");
        AssertRefused("is revoked; to let alpha in again, make a new certificate with: fifovpn pki issue alpha --force", "renew", "alpha");
        _pki.Succeed("issue", "alpha", "--address", "10.88.0.1", "--force");
        _pki.Succeed("renew", "alpha");
    }

    private void AssertRefused(string expected, params string[] arguments)
    {
        (int code, string output, string error) = _pki.Run(arguments);
        Assert.That((code, output), Is.EqualTo(((int)ExitCode.Credentials, "")));
        Assert.That(error, Does.StartWith("fifovpn: ").And.Contain(expected));
    }

    private X509Certificate2 Load(string file) => X509CertificateLoader.LoadCertificateFromFile(_pki.PathOf(file));
}
