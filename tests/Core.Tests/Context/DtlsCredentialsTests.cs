using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Credentials from files that the openssl program has written, from PFX files and from certificates in memory.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class DtlsCredentialsTests
{
    private const string Password = "a pässword";

    private static void OpenSsl(params string[] arguments)
    {
        Requires.Tool("openssl");
        ChildProcess.Run(Limits.Watchdog, "openssl", arguments).EnsureSuccess();
    }

    private static PemFiles Files(TempDirectory directory, bool rsa) =>
        TestPki.WritePem(directory, "server", rsa ? TestPki.ServerRsa : TestPki.Server);

    private static void AssertServes(DtlsCredentials credentials, X509Certificate2 expected)
    {
        using DtlsContext server = new(new DtlsContextOptions { Credentials = credentials, ClientCertificates = DtlsClientCertificates.None });
        using DtlsPair pair = DtlsPair.Established(TestContexts.CredulousClient, server);
        Assert.That(pair.Client.Negotiated!.PeerCertificate!.RawData, Is.EqualTo(expected.RawData));
        pair.AssertAlive();
    }

    [Test]
    public void A_key_in_any_PEM_format_serves([Values] bool rsa, [Values] bool traditional)
    {
        using TempDirectory directory = new();
        PemFiles files = Files(directory, rsa);
        string key = directory.PathOf("converted.key");
        // Traditional: SEC 1 for EC, PKCS #1 for RSA.
        OpenSsl([rsa ? "rsa" : "pkey", "-in", files.KeyPath, "-out", key, .. traditional ? (string[])["-traditional"] : []]);
        string header = !traditional ? "BEGIN PRIVATE KEY" : rsa ? "BEGIN RSA PRIVATE KEY" : "BEGIN EC PRIVATE KEY";
        Assert.That(File.ReadAllText(key), Does.Contain(header));
        using DtlsCredentials credentials = DtlsCredentials.FromPemFiles(files.CertificatePath, key);
        AssertServes(credentials, rsa ? TestPki.ServerRsa : TestPki.Server);
    }

    [Test]
    public void An_EC_key_file_with_its_parameters_before_the_key_serves()
    {
        using TempDirectory directory = new();
        PemFiles files = Files(directory, rsa: false);
        string parameters = directory.PathOf("parameters");
        string key = directory.PathOf("sec1.key");
        OpenSsl("ecparam", "-name", "prime256v1", "-out", parameters);
        OpenSsl("pkey", "-in", files.KeyPath, "-traditional", "-out", key);
        File.WriteAllText(key, File.ReadAllText(parameters) + File.ReadAllText(key));
        using DtlsCredentials credentials = DtlsCredentials.FromPemFiles(files.CertificatePath, key);
        AssertServes(credentials, TestPki.Server);
    }

    [Test]
    public void An_encrypted_key_needs_the_right_password_and_nobody_is_ever_asked([Values] bool rsa, [Values] bool traditional)
    {
        using TempDirectory directory = new();
        PemFiles files = Files(directory, rsa);
        string key = directory.PathOf("encrypted.key");
        OpenSsl([rsa ? "rsa" : "ec", "-in", files.KeyPath, "-aes128", "-passout", "pass:" + Password, "-out", directory.PathOf("traditional.key"), .. rsa ? (string[])["-traditional"] : []]);
        OpenSsl("pkcs8", "-topk8", "-in", files.KeyPath, "-passout", "pass:" + Password, "-out", key);
        key = traditional ? directory.PathOf("traditional.key") : key;
        Assert.That(File.ReadAllText(key), Does.Contain("ENCRYPTED"));
        using DtlsCredentials credentials = DtlsCredentials.FromPemFiles(files.CertificatePath, key, Password);
        AssertServes(credentials, rsa ? TestPki.ServerRsa : TestPki.Server);
        AssertRefused(() => DtlsCredentials.FromPemFiles(files.CertificatePath, key, "wrong"), key, "password", "wrong");
        AssertRefused(() => DtlsCredentials.FromPemFiles(files.CertificatePath, key), key, "encrypted; give its password");
        AssertRefused(() => DtlsCredentials.FromPemFiles(files.CertificatePath, key, new string('x', 5000)), key, "password");
    }

    [Test]
    public void The_certificate_and_the_key_may_stand_in_one_file([Values] bool keyFirst)
    {
        using TempDirectory directory = new();
        PemFiles files = Files(directory, rsa: false);
        string certificate = File.ReadAllText(files.CertificatePath);
        string key = File.ReadAllText(files.KeyPath);
        string both = directory.WriteSecret("both.pem", keyFirst ? key + certificate : certificate + key);
        using DtlsCredentials credentials = DtlsCredentials.FromPemFiles(both, both);
        AssertServes(credentials, TestPki.Server);
    }

    [Test]
    public void A_chain_file_sends_its_intermediates()
    {
        using TempDirectory directory = new();
        PemFiles files = TestPki.WritePem(directory, "chained", TestPki.ChainedServer, [TestPki.Intermediate.Certificate]);
        using DtlsCredentials credentials = DtlsCredentials.FromPemFiles(files.CertificatePath, files.KeyPath);
        using DtlsContext server = new(new DtlsContextOptions { Credentials = credentials, ClientCertificates = DtlsClientCertificates.None });
        using DtlsPair pair = DtlsPair.Established(TestContexts.AnonymousClient, server);
        pair.AssertAlive();
    }

    [Test]
    public void Without_its_intermediate_the_same_certificate_is_refused()
    {
        using TempDirectory directory = new();
        PemFiles files = TestPki.WritePem(directory, "chained", TestPki.ChainedServer);
        using DtlsCredentials credentials = DtlsCredentials.FromPemFiles(files.CertificatePath, files.KeyPath);
        using DtlsContext server = new(new DtlsContextOptions { Credentials = credentials, ClientCertificates = DtlsClientCertificates.None });
        using DtlsPair pair = new(TestContexts.AnonymousClient, server);
        Assert.That(pair.HandshakeFailures().Client, Is.TypeOf<DtlsCertificateException>());
    }

    [Test]
    public void A_key_of_another_certificate_is_refused_by_the_names_of_both_files()
    {
        using TempDirectory directory = new();
        PemFiles server = TestPki.WritePem(directory, "server", TestPki.Server);
        PemFiles client = TestPki.WritePem(directory, "client", TestPki.Client);
        PemFiles rsa = TestPki.WritePem(directory, "rsa", TestPki.ClientRsa);
        AssertRefused(() => DtlsCredentials.FromPemFiles(server.CertificatePath, client.KeyPath), client.KeyPath, "does not belong", server.CertificatePath);
        AssertRefused(() => DtlsCredentials.FromPemFiles(server.CertificatePath, rsa.KeyPath), rsa.KeyPath, "does not belong", server.CertificatePath);
    }

    [Test]
    public void A_missing_file_is_named()
    {
        using TempDirectory directory = new();
        PemFiles files = Files(directory, rsa: false);
        string missing = directory.PathOf("missing");
        AssertRefused(() => DtlsCredentials.FromPemFiles(missing, files.KeyPath), missing);
        AssertRefused(() => DtlsCredentials.FromPemFiles(files.CertificatePath, missing), missing);
        AssertRefused(() => DtlsCredentials.FromPfxFile(missing), missing);
        AssertRefused(() => DtlsCredentials.ReadCertificates(missing), missing);
        AssertRefused(() => DtlsCredentials.ReadCertificates(directory.FullPath), directory.FullPath);
        Assert.That(() => DtlsCredentials.ReadCertificates(""), Throws.ArgumentException);
    }

    [TestCase(""), TestCase("no PEM at all"), TestCase("-----BEGIN CERTIFICATE-----\n")]
    public void A_file_without_a_PEM_certificate_or_key_is_named(string text)
    {
        using TempDirectory directory = new();
        PemFiles files = Files(directory, rsa: false);
        string other = directory.Write("other", text);
        AssertRefused(() => DtlsCredentials.FromPemFiles(other, files.KeyPath), other, "no PEM certificate");
        AssertRefused(() => DtlsCredentials.FromPemFiles(files.CertificatePath, other), other, "no PEM private key");
        AssertRefused(() => DtlsCredentials.FromPemFiles(files.KeyPath, files.KeyPath), files.KeyPath, "no PEM certificate");
        AssertRefused(() => DtlsCredentials.FromPemFiles(files.CertificatePath, files.CertificatePath), files.CertificatePath, "no PEM private key");
    }

    [TestCase("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    public void A_spoilt_certificate_or_key_is_named(string certificate, string key)
    {
        using TempDirectory directory = new();
        PemFiles files = Files(directory, rsa: false);
        string badCertificate = directory.Write("bad.crt", certificate);
        string badKey = directory.Write("bad.key", key);
        AssertRefused(() => DtlsCredentials.FromPemFiles(badCertificate, files.KeyPath), badCertificate, "can't be read");
        AssertRefused(() => DtlsCredentials.FromPemFiles(files.CertificatePath, badKey), badKey, "can't be read");
    }

    [Test]
    public void A_PFX_file_serves_with_the_right_password_and_sends_its_chain()
    {
        using TempDirectory directory = new();
        PemFiles files = TestPki.WritePem(directory, "chained", TestPki.ChainedServer, [TestPki.Intermediate.Certificate]);
        string pfx = directory.PathOf("chained.pfx");
        OpenSsl("pkcs12", "-export", "-in", files.CertificatePath, "-inkey", files.KeyPath, "-out", pfx, "-passout", "pass:" + Password);
        using DtlsCredentials credentials = DtlsCredentials.FromPfxFile(pfx, Password);
        using DtlsContext server = new(new DtlsContextOptions { Credentials = credentials, ClientCertificates = DtlsClientCertificates.None });
        using DtlsPair pair = DtlsPair.Established(TestContexts.AnonymousClient, server);
        pair.AssertAlive();
        AssertRefused(() => DtlsCredentials.FromPfxFile(pfx, "wrong"), pfx, "password is wrong");
        AssertRefused(() => DtlsCredentials.FromPfxFile(pfx), pfx, "password is wrong");
        AssertRefused(() => DtlsCredentials.FromPfxFile(files.KeyPath, Password), files.KeyPath, "no PFX file");
    }

    [Test]
    public void A_PFX_file_without_a_key_is_named()
    {
        using TempDirectory directory = new();
        string pfx = directory.PathOf("certificate.pfx");
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(TestPki.Server.RawData);
        File.WriteAllBytes(pfx, certificate.Export(X509ContentType.Pkcs12, Password));
        AssertRefused(() => DtlsCredentials.FromPfxFile(pfx, Password), pfx, "no private key");
    }

    [Test]
    public void A_certificate_without_a_private_key_is_named()
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(TestPki.Server.RawData);
        AssertRefused(() => DtlsCredentials.FromCertificate(certificate), "private key", certificate.Subject);
    }

    [Test]
    public void ReadCertificates_reads_all_of_a_file_and_skips_its_keys()
    {
        using TempDirectory directory = new();
        string path = TestPki.WriteCertificates(directory, "anchors.pem", TestPki.Ca, TestPki.RsaCa, TestPki.OtherCa);
        File.AppendAllText(path, File.ReadAllText(Files(directory, rsa: false).KeyPath));
        IReadOnlyList<X509Certificate2> certificates = DtlsCredentials.ReadCertificates(path);
        Assert.That(
            certificates.Select(certificate => certificate.Thumbprint),
            Is.EqualTo(new[] { TestPki.Ca.Thumbprint, TestPki.RsaCa.Thumbprint, TestPki.OtherCa.Thumbprint }));
    }

    private static void AssertRefused(Func<object> read, params string[] said)
    {
        DtlsCredentialException? exception = Watchdog.Run(Limits.Watchdog, () => Assert.Throws<DtlsCredentialException>(() => read()), "reading credentials");
        foreach (string text in said)
        {
            Assert.That(exception!.Message, Does.Contain(text));
        }
    }
}
