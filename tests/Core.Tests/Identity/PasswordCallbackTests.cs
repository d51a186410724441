using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>The password of an encrypted key, asked for when it is needed.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class PasswordCallbackTests
{
    private const string Password = "a pässword";

    private static PemFiles Encrypted(TempDirectory directory) => TestPki.WritePem(directory, "server", TestPki.Server, keyPassword: Password);

    [Test]
    public void It_is_asked_once_for_an_encrypted_key_and_told_the_file([Values] bool traditional)
    {
        using TempDirectory directory = new();
        PemFiles files = Encrypted(directory);
        string key = files.KeyPath;
        if (traditional)
        {
            Requires.Tool("openssl");
            key = directory.PathOf("traditional.key");
            ChildProcess.Run(
                Limits.Watchdog, "openssl", "ec", "-in", files.KeyPath, "-passin", "pass:" + Password, "-aes128", "-passout", "pass:" + Password, "-out", key).EnsureSuccess();
        }

        List<string> asked = [];
        using DtlsCredentials credentials = DtlsCredentials.FromPemFiles(files.CertificatePath, key, path =>
        {
            asked.Add(path);
            return Password;
        });
        Assert.That(asked, Is.EqualTo((string[])[key]));
        using DtlsContext server = new(new DtlsContextOptions { Credentials = credentials, ClientCertificates = DtlsClientCertificates.None });
        Verification.AssertAccepted(TestContexts.AnonymousClient, server);
    }

    [Test]
    public void It_is_not_asked_for_a_key_in_the_clear()
    {
        using TempDirectory directory = new();
        PemFiles files = TestPki.WritePem(directory, "server", TestPki.Server);
        using DtlsCredentials credentials = DtlsCredentials.FromPemFiles(
            files.CertificatePath, files.KeyPath, _ => throw new InvalidOperationException("asked for a key in the clear"));
        Assert.That(credentials, Is.Not.Null);
    }

    [TestCase(null, "encrypted; give its password"), TestCase("", "password"), TestCase("wrong", "is wrong")]
    public void Without_the_right_password_the_file_is_named(string? password, string reason)
    {
        using TempDirectory directory = new();
        PemFiles files = Encrypted(directory);
        int asked = 0;
        Assert.That(
            () => DtlsCredentials.FromPemFiles(files.CertificatePath, files.KeyPath, _ =>
            {
                asked++;
                return password;
            }),
            Throws.TypeOf<DtlsCredentialException>().With.Message.Contains(files.KeyPath).And.Message.Contains(reason));
        Assert.That(asked, Is.EqualTo(1));
    }

    [Test]
    public void A_password_that_is_longer_than_OpenSSL_takes_is_an_error()
    {
        using TempDirectory directory = new();
        PemFiles files = Encrypted(directory);
        Assert.That(
            () => DtlsCredentials.FromPemFiles(files.CertificatePath, files.KeyPath, _ => new string('x', 5000)),
            Throws.TypeOf<DtlsCredentialException>().With.Message.Contains(files.KeyPath));
    }

    [Test]
    public void What_it_throws_comes_out()
    {
        using TempDirectory directory = new();
        PemFiles files = Encrypted(directory);
        InvalidTimeZoneException thrown = new("no terminal");
        Assert.That(
            () => DtlsCredentials.FromPemFiles(files.CertificatePath, files.KeyPath, _ => throw thrown),
            Throws.Exception.SameAs(thrown));
    }
}
