using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Certificates that are known by their fingerprints.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class PinnedCertificateTests
{
    private const int CertificateHasExpired = 10;
    private const int UnableToGetIssuerLocally = 20;
    private const int UnsuitablePurpose = 26;
    private const int Rejected = 28;
    private const int HostnameMismatch = 62;

    private static DtlsContext Client(X509Certificate2? trusted, params string[] pins) =>
        new(new DtlsContextOptions { TrustAnchors = trusted is null ? [] : [trusted], PinnedCertificates = pins });

    private static string Spoil(string fingerprint) => (fingerprint[0] == 'A' ? 'B' : 'A') + fingerprint[1..];

    [Test]
    public void A_pinned_certificate_that_is_self_signed_is_accepted_without_trust_anchors([Values] bool colons)
    {
        using X509Certificate2 certificate = Verification.SelfSigned("self.test");
        string pin = Verification.Fingerprint(certificate);
        pin = colons ? string.Join(':', pin.ToLowerInvariant().Chunk(2).Select(pair => new string(pair))) : pin;
        using DtlsContext client = Client(null, Spoil(Verification.Fingerprint(certificate)), pin);
        using DtlsContext server = Verification.OpenServer(certificate);
        Verification.AssertAccepted(client, server);
        Verification.AssertAccepted(client, server, "self.test");
        Verification.AssertRefused(DtlsRole.Client, client, server, HostnameMismatch, DtlsAlert.BadCertificate, "other.test");
    }

    [Test]
    public void A_pinned_certificate_of_an_authority_that_is_not_trusted_is_accepted()
    {
        using DtlsContext client = Client(null, Verification.Fingerprint(TestPki.ServerOfOtherCa));
        using DtlsContext server = Verification.OpenServer(TestPki.ServerOfOtherCa);
        Verification.AssertAccepted(client, server);
    }

    [Test]
    public void A_certificate_that_is_not_pinned_is_refused([Values] bool withAnchor)
    {
        using DtlsContext client = Client(withAnchor ? TestPki.Ca : null, Spoil(Verification.Fingerprint(TestPki.Server)));
        using DtlsContext server = Verification.OpenServer(TestPki.Server);
        DtlsCertificateException refusal = Verification.AssertRefused(DtlsRole.Client, client, server, Rejected, DtlsAlert.BadCertificate);
        Assert.That(refusal.Message, Does.Contain("not one of the pinned"));
    }

    [Test]
    public void A_pin_of_the_authority_does_not_let_its_certificates_pass()
    {
        using DtlsContext client = Client(null, Verification.Fingerprint(TestPki.Ca), Verification.Fingerprint(TestPki.Intermediate.Certificate));
        using DtlsContext server = Verification.OpenServer(TestPki.ChainedServer, TestPki.Intermediate.Certificate);
        Verification.AssertRefused(DtlsRole.Client, client, server, Rejected, DtlsAlert.BadCertificate);
    }

    [Test]
    public void With_trust_anchors_both_must_hold()
    {
        string[] pins = [Verification.Fingerprint(TestPki.Server), Verification.Fingerprint(TestPki.ServerOfOtherCa)];
        using DtlsContext client = Client(TestPki.Ca, pins);
        using DtlsContext trusted = Verification.OpenServer(TestPki.Server);
        using DtlsContext untrusted = Verification.OpenServer(TestPki.ServerOfOtherCa);
        Verification.AssertAccepted(client, trusted);
        Verification.AssertRefused(DtlsRole.Client, client, untrusted, UnableToGetIssuerLocally, DtlsAlert.UnknownCa);
    }

    [Test]
    public void A_pinned_certificate_must_still_be_in_its_period_and_for_the_purpose()
    {
        using X509Certificate2 expired = Verification.SelfSigned("self.test", DateTimeOffset.UtcNow.AddDays(-1));
        using DtlsContext client = Client(null, Verification.Fingerprint(expired), Verification.Fingerprint(TestPki.Client));
        using DtlsContext expiredServer = Verification.OpenServer(expired);
        using DtlsContext clientAsServer = Verification.OpenServer(TestPki.Client);
        Verification.AssertRefused(DtlsRole.Client, client, expiredServer, CertificateHasExpired, DtlsAlert.CertificateExpired);
        Verification.AssertRefused(DtlsRole.Client, client, clientAsServer, UnsuitablePurpose, DtlsAlert.UnsupportedCertificate);
    }

    [Test]
    public void A_server_pins_its_clients()
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        using DtlsContext server = new(new DtlsContextOptions { Credentials = credentials, PinnedCertificates = [Verification.Fingerprint(TestPki.ClientOfOtherCa)] });
        using DtlsContext pinned = TestContexts.Make(TestPki.ClientOfOtherCa, TestPki.Ca);
        Verification.AssertAccepted(pinned, server);
        Verification.AssertRefused(DtlsRole.Server, TestContexts.Client, server, Rejected, DtlsAlert.BadCertificate);
    }

    [TestCase(""), TestCase("AB"), TestCase("0123456789012345678901234567890123456789012345678901234567890123Z")]
    [TestCase("Z123456789012345678901234567890123456789012345678901234567890123"), TestCase(null)]
    public void A_malformed_fingerprint_is_named(string? fingerprint) =>
        Assert.That(() => Client(null, fingerprint!), Throws.ArgumentException
            .With.Message.Contains($"\"{fingerprint}\"").And.Message.Contains(nameof(DtlsContextOptions.PinnedCertificates)));

    [Test]
    public void Pins_that_would_not_be_used_are_an_error()
    {
        using DtlsContext context = new(new DtlsContextOptions { VerifyServer = false, PinnedCertificates = [Verification.Fingerprint(TestPki.Server)] });
        using MemoryLink link = new();
        Assert.That(
            () => new DtlsConnection(context, link.Client, DtlsRole.Client),
            Throws.InvalidOperationException.With.Message.Contains(nameof(DtlsContextOptions.VerifyServer)));
    }
}
