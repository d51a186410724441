using System.Security.Cryptography.X509Certificates;
using FifoDtls;
using FifoVpn.Cli;
using FifoVpn.Pki;
using FifoVpn.Tests.Support;

namespace FifoVpn.Tests.Cli;

internal sealed class PkiRevokeCommandTests
{
    private PkiRunner _pki = null!;

    [SetUp]
    public void MakeAuthority()
    {
        _pki = new PkiRunner();
        _pki.Succeed("init");
        _pki.Succeed("issue", "alpha", "--address", "10.88.0.1");
        _pki.Succeed("issue", "beta", "--address", "10.88.0.2");
    }

    [TearDown]
    public void RemoveFolder() => _pki.Dispose();

    [Test]
    public void A_revoked_certificate_is_revoked_to_openssl_too_and_others_are_not()
    {
        string output = _pki.Succeed("revoke", "alpha", "--reason", "keycompromise");

        Assert.That(output, Does.StartWith($"revoked alpha, serial {Serial("alpha")}\nmade {_pki.PathOf("ca.crl")}: number 1, 1 revoked, valid until ").And.EndsWith("Z; give it to every node\n"));
        AssertVerifies("beta");
        AssertRevoked("alpha");
        Assert.That(_pki.TryOpenSsl("crl", "-in", "ca.crl", "-CAfile", "ca.pem", "-noout").Output, Does.Contain("verify OK"));
        string text = _pki.OpenSsl("crl", "-in", "ca.crl", "-noout", "-text");
        Assert.That(text, Does.Contain(Serial("alpha")).And.Contain("Key Compromise").And.Contain("X509v3 Authority Key Identifier"));
        Assert.That(text, Does.Match(@"X509v3 CRL Number: \s*1\s"));
    }

    [Test]
    public void Later_lists_keep_the_entries_and_have_greater_numbers()
    {
        _pki.Succeed("crl");
        AssertVerifies("alpha");
        _pki.Succeed("revoke", "alpha");
        string second = _pki.Succeed("revoke", "--cert", _pki.PathOf("beta.pem"), "--days", "7");
        string third = _pki.Succeed("crl", "--days", "90");

        Assert.That(second, Does.Contain("revoked beta").And.Contain("number 3, 2 revoked"));
        Assert.That(third, Does.Contain("number 4, 2 revoked"));
        AssertRevoked("alpha");
        AssertRevoked("beta");
        string shown = _pki.Show("ca.crl");
        Assert.That(shown, Does.Match(@"^Issuer: +CN=FifoVpn CA\nList number: +4\nThis update: +\S+ \S+Z\nNext update: +\S+ \S+Z \(valid now, 89 days left\)\nRevoked: +2\n"));
        Assert.That(shown, Does.Match($"  {Serial("alpha")} since \\S+ \\S+Z\n").And.Match($"  {Serial("beta")} since \\S+ \\S+Z\n"));
    }

    [Test]
    public void A_renewed_certificate_s_predecessor_is_revoked_by_its_serial()
    {
        string former = Serial("alpha");
        string output = _pki.Succeed("renew", "alpha");
        Assert.That(output, Does.Contain($"fifovpn pki revoke --dir {_pki.Dir} --serial {former} --reason Superseded"));

        Assert.That(_pki.Succeed("revoke", "--serial", former.ToLowerInvariant(), "--reason", "Superseded"), Does.StartWith($"revoked serial {former}\n"));

        AssertVerifies("alpha");
        Assert.That(_pki.Show("ca.crl"), Does.Match($"  {former} since .* \\(Superseded\\)\n"));
    }

    [Test]
    public void To_revoke_again_changes_nothing()
    {
        _pki.Succeed("revoke", "alpha");
        string before = File.ReadAllText(_pki.PathOf("ca.crl"));

        Assert.That(_pki.Succeed("revoke", "alpha"), Is.EqualTo($"alpha, serial {Serial("alpha")} is in {_pki.PathOf("ca.crl")} already; nothing was written\n"));
        Assert.That(File.ReadAllText(_pki.PathOf("ca.crl")), Is.EqualTo(before));
    }

    [Test]
    public void The_library_takes_the_list_and_refuses_the_revoked()
    {
        _pki.Succeed("crl");
        using X509Certificate2 ca = X509CertificateLoader.LoadCertificateFromFile(_pki.PathOf("ca.pem"));
        using X509Certificate2 alpha = X509CertificateLoader.LoadCertificateFromFile(_pki.PathOf("alpha.pem"));
        using DtlsContext context = new(new DtlsContextOptions { TrustAnchors = [ca], RevocationLists = DtlsRevocationList.ReadFile(_pki.PathOf("ca.crl")) });
        Assert.That(context.Verify(alpha, DtlsRole.Server).VerifyResult, Is.Zero);

        _pki.Succeed("revoke", "alpha");

        Assert.That(context.UpdateRevocationLists(DtlsRevocationList.ReadFile(_pki.PathOf("ca.crl"))), Is.EqualTo(1), "made in the same second, and newer by its number");
        Assert.That(context.Verify(alpha, DtlsRole.Server).Description, Is.EqualTo("certificate revoked"));
    }

    [Test]
    public void A_list_of_another_CA_or_a_changed_or_broken_one_is_not_gone_on_with()
    {
        _pki.Succeed("revoke", "alpha");
        string good = File.ReadAllText(_pki.PathOf("ca.crl"));
        File.WriteAllText(_pki.PathOf("ca.crl"), "nonsense");
        AssertRefused("holds no revocation list", "crl");

        RevocationList.TryParse(System.Text.Encoding.ASCII.GetBytes(good), out RevocationList? list);
        list!.Der[^1] ^= 1;
        File.WriteAllBytes(_pki.PathOf("ca.crl"), list.Der);
        AssertRefused("ca.crl: the revocation list is not signed by this CA", "revoke", "beta");

        File.WriteAllText(_pki.PathOf("ca.crl"), good);
        _pki.Succeed("init", "--force");
        AssertRefused("not signed by this CA (CN=FifoVpn CA); put it away if it is of a former CA", "crl");
        Assert.That(File.ReadAllText(_pki.PathOf("ca.crl")), Is.EqualTo(good));
    }

    [Test]
    public void Of_two_commands_at_once_the_second_is_turned_away_and_loses_nothing()
    {
        using (PkiFiles.LockRevocationList(_pki.Dir))
        {
            AssertRefused("if another fifovpn pki command is at work, wait for its end", "revoke", "alpha");
            AssertRefused("if another fifovpn pki command is at work, wait for its end", "crl");
            Assert.That(File.Exists(_pki.PathOf("ca.crl")), Is.False);
        }

        _pki.Succeed("revoke", "alpha");
    }

    [Test]
    public void What_this_CA_has_not_issued_it_does_not_revoke()
    {
        using PkiRunner other = new();
        other.Succeed("init");
        other.Succeed("issue", "gamma", "--address", "10.88.0.3");

        AssertRefused("was not issued by this CA (CN=FifoVpn CA)", "revoke", "--cert", other.PathOf("gamma.pem"));
        AssertRefused("is the certificate of the CA itself", "revoke", "--cert", _pki.PathOf("ca.pem"));
        AssertRefused("is the serial number of the CA itself", "revoke", "--serial", Serial("ca"));
        AssertRefused("there is no file", "revoke", "gamma");
        AssertRefused("\"xyz\" is no serial number", "revoke", "--serial", "xyz");
        AssertRefused("\"0\" is no serial number", "revoke", "--serial", "0");
        AssertRefused("is no serial number", "revoke", "--serial", new string('1', 41));
        AssertRefused("1 to 36500", "crl", "--days", "0");
        Assert.That(File.Exists(_pki.PathOf("ca.crl")), Is.False);
    }

    [TestCase("1", "01")]
    [TestCase("00:ff", "00FF")]
    [TestCase("0x1", null)]
    [TestCase("7fFF", "7FFF")]
    public void Serials_are_positive_numbers_of_whole_bytes(string serial, string? expected)
    {
        if (expected is null)
        {
            Assert.That(() => CertificateAuthority.NormalizeSerial(serial), Throws.TypeOf<PkiException>());
        }
        else
        {
            Assert.That(CertificateAuthority.NormalizeSerial(serial), Is.EqualTo(expected));
            Assert.That(_pki.Succeed("revoke", "--serial", serial), Does.StartWith($"revoked serial {expected}\n"));
            Assert.That(_pki.Show("ca.crl"), Does.Contain($"  {expected} since"));
        }
    }

    [TestCase("Say which certificate: NAME, --cert or --serial", "revoke")]
    [TestCase("Say which certificate: NAME or --cert", "renew")]
    [TestCase("Say only once which certificate: NAME and --serial", "revoke", "alpha", "--serial", "1")]
    [TestCase("Say only once which certificate: NAME and --cert", "renew", "alpha", "--cert", "x")]
    [TestCase("--reason: \"bored\" is none of KeyCompromise, ", "revoke", "alpha", "--reason", "bored")]
    [TestCase("--reason: \"RemoveFromCrl\" is none of", "revoke", "alpha", "--reason", "RemoveFromCrl")]
    public void Usage_errors_end_with_code_1_and_a_line(string expected, params string[] arguments)
    {
        (int code, _, string error) = _pki.Run(arguments);
        Assert.That(code, Is.EqualTo((int)ExitCode.Usage));
        Assert.That(error, Does.Contain(expected));
    }

    [Test]
    public void An_expired_list_is_shown_as_such()
    {
        ManualClock clock = new(DateTimeOffset.UtcNow.AddDays(-10));
        using CertificateAuthority ca = CertificateAuthority.Create(clock: clock);
        RevocationList list = ca.CreateRevocationList(null, days: 3);

        Assert.That(RevocationListReport.Write(list, DateTimeOffset.UtcNow), Does.Match("Next update: .* \\(EXPIRED\\)\nRevoked: +none\n"));
    }

    private void AssertRefused(string expected, params string[] arguments)
    {
        (int code, string output, string error) = _pki.Run(arguments);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo((int)ExitCode.Credentials));
            Assert.That(output, Is.Empty);
            Assert.That(error, Does.StartWith("fifovpn: ").And.Contain(expected));
            Assert.That(error.Count(c => c == '\n'), Is.EqualTo(1));
        }
    }

    private void AssertVerifies(string name) =>
        Assert.That(_pki.OpenSsl("verify", "-x509_strict", "-crl_check", "-CAfile", "ca.pem", "-CRLfile", "ca.crl", $"{name}.pem").Trim(), Is.EqualTo($"{name}.pem: OK"));

    private void AssertRevoked(string name)
    {
        (int code, string output) = _pki.TryOpenSsl("verify", "-crl_check", "-CAfile", "ca.pem", "-CRLfile", "ca.crl", $"{name}.pem");
        Assert.That(code, Is.Not.Zero);
        Assert.That(output, Does.Contain("certificate revoked"));
    }

    private string Serial(string name)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificateFromFile(_pki.PathOf($"{name}.pem"));
        return certificate.SerialNumber;
    }
}
