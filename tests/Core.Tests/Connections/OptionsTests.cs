using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Contexts and options that say too little, or too much for the role, are refused with the name of the property.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class OptionsTests
{
    private static DtlsConnection Make(DtlsContext context, DtlsRole role, DtlsConnectionOptions? options = null) =>
        new(context, new ScriptedTransport(), role, options);

    [Test]
    public void A_server_without_a_certificate_is_refused()
    {
        using DtlsContext context = TestContexts.Make(null, TestPki.Ca);
        Assert.That(() => Make(context, DtlsRole.Server), Throws.InvalidOperationException.With.Message.Contains("DtlsContextOptions.Credentials"));
    }

    [Test]
    public void A_client_that_verifies_without_an_authority_is_refused()
    {
        using DtlsContext context = TestContexts.Make(TestPki.Client, null);
        Assert.That(
            () => Make(context, DtlsRole.Client),
            Throws.InvalidOperationException.With.Message.Contains("DtlsContextOptions.TrustAnchors").And.Message.Contains("VerifyServer = false"));
    }

    [Test]
    public void A_server_that_requires_certificates_without_an_authority_is_refused()
    {
        using DtlsContext context = TestContexts.Make(TestPki.Server, null);
        Assert.That(
            () => Make(context, DtlsRole.Server),
            Throws.InvalidOperationException.With.Message.Contains("DtlsContextOptions.TrustAnchors").And.Message.Contains("ClientCertificates = None"));
    }

    [Test]
    public void The_defaults_refuse_both_roles()
    {
        using DtlsContext context = new(new DtlsContextOptions());
        Assert.That(() => Make(context, DtlsRole.Client), Throws.InvalidOperationException);
        Assert.That(() => Make(context, DtlsRole.Server), Throws.InvalidOperationException);
    }

    [Test]
    public void An_option_of_the_other_role_is_refused_by_its_name()
    {
        Assert.That(
            () => Make(TestContexts.Server, DtlsRole.Server, new DtlsConnectionOptions { ServerName = "localhost" }),
            Throws.ArgumentException.With.Message.Contains("ServerName"));
        Assert.That(
            () => Make(TestContexts.Client, DtlsRole.Client, new DtlsConnectionOptions { CookieVerified = true }),
            Throws.ArgumentException.With.Message.Contains("CookieVerified"));
    }

    [TestCase(0), TestCase(254)]
    public void A_server_name_of_impossible_length_is_refused(int length) =>
        Assert.That(
            () => Make(TestContexts.Client, DtlsRole.Client, new DtlsConnectionOptions { ServerName = new string('a', length) }),
            Throws.ArgumentException.With.Message.Contains("ServerName"));

    [TestCase(1), TestCase(255)]
    public void A_transport_with_datagrams_too_small_for_DTLS_is_refused(int size) =>
        Assert.That(
            () => new DtlsConnection(TestContexts.Client, new ScriptedTransport { MaxDatagramSize = size }, DtlsRole.Client),
            Throws.ArgumentException.With.Message.Contains("256").And.Message.Contains($"{size}"));

    [Test]
    public void A_disposed_context_or_credentials_are_refused()
    {
        DtlsContext context = TestContexts.Make(TestPki.Client, TestPki.Ca);
        context.Dispose();
        Assert.That(() => Make(context, DtlsRole.Client), Throws.InstanceOf<ObjectDisposedException>());
        DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Client);
        credentials.Dispose();
        Assert.That(() => new DtlsContext(new DtlsContextOptions { Credentials = credentials }), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Null_is_refused_by_its_name()
    {
        Assert.That(() => new DtlsContext(null!), Throws.ArgumentNullException);
        Assert.That(() => Make(null!, DtlsRole.Client), Throws.ArgumentNullException);
        Assert.That(() => new DtlsConnection(TestContexts.Client, null!, DtlsRole.Client), Throws.ArgumentNullException);
        Assert.That(() => DtlsCredentials.FromCertificate(null!), Throws.ArgumentNullException);
    }

    [Test]
    public void The_library_is_available() => Assert.That(DtlsContext.EnsureLibraryAvailable, Throws.Nothing);
}
