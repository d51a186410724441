using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Certificates that their authority has revoked, and lists that are missing, expired or forged.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class RevocationTests
{
    private const int NoList = 3;
    private const int BadListSignature = 8;
    private const int ListExpired = 12;
    private const int Revoked = 23;

    private static readonly DateTimeOffset Tomorrow = DateTimeOffset.UtcNow.AddDays(1);
    private static readonly DateTimeOffset Yesterday = DateTimeOffset.UtcNow.AddDays(-1);

    private static byte[] List(TestAuthority authority, DateTimeOffset nextUpdate, params X509Certificate2[] revoked)
    {
        CertificateRevocationListBuilder builder = new();
        foreach (X509Certificate2 certificate in revoked)
        {
            builder.AddEntry(certificate);
        }

        return builder.Build(authority.Certificate, 1, nextUpdate, HashAlgorithmName.SHA256, thisUpdate: DateTimeOffset.UtcNow.AddDays(-2));
    }

    private static DtlsContext Client(DtlsRevocationScope scope, bool acceptExpired, params byte[][] lists) => new(new DtlsContextOptions
    {
        TrustAnchors = [TestPki.Ca],
        RevocationLists = [.. lists.SelectMany(list => DtlsRevocationList.Parse(list))],
        RevocationScope = scope,
        AcceptExpiredRevocationLists = acceptExpired,
    });

    private static DtlsContext Client(params byte[][] lists) => Client(DtlsRevocationScope.Chain, acceptExpired: false, lists);

    private static DtlsContext Chained() => Verification.OpenServer(TestPki.ChainedServer, TestPki.Intermediate.Certificate);

    private static void AssertRefused(DtlsContext client, DtlsContext server, int verifyResult, DtlsAlert alert) =>
        Verification.AssertRefused(DtlsRole.Client, client, server, verifyResult, alert);

    [Test]
    public void A_certificate_that_no_list_names_is_accepted()
    {
        using DtlsContext client = Client(List(TestPki.Authority, Tomorrow, TestPki.Client), List(TestPki.Intermediate, Tomorrow));
        using DtlsContext chained = Chained();
        Verification.AssertAccepted(client, TestContexts.OpenServer);
        Verification.AssertAccepted(client, chained);
    }

    [Test]
    public void A_revoked_certificate_is_refused([Values] DtlsRevocationScope scope)
    {
        using DtlsContext client = Client(scope, false, List(TestPki.Authority, Tomorrow, TestPki.Server));
        AssertRefused(client, TestContexts.OpenServer, Revoked, DtlsAlert.CertificateRevoked);
    }

    [Test]
    public void A_revoked_client_certificate_is_refused()
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        using DtlsContext server = new(new DtlsContextOptions
        {
            Credentials = credentials,
            TrustAnchors = [TestPki.Ca],
            RevocationLists = DtlsRevocationList.Parse(List(TestPki.Authority, Tomorrow, TestPki.Client)),
        });
        Verification.AssertRefused(DtlsRole.Server, TestContexts.Client, server, Revoked, DtlsAlert.CertificateRevoked);
    }

    [Test]
    public void A_revoked_intermediate_is_refused_when_the_chain_is_checked()
    {
        byte[][] lists = [List(TestPki.Authority, Tomorrow, TestPki.Intermediate.Certificate), List(TestPki.Intermediate, Tomorrow)];
        using DtlsContext chain = Client(lists);
        using DtlsContext leaf = Client(DtlsRevocationScope.Leaf, false, lists);
        using DtlsContext server = Chained();
        AssertRefused(chain, server, Revoked, DtlsAlert.CertificateRevoked);
        Verification.AssertAccepted(leaf, server);
    }

    [Test]
    public void A_list_that_is_missing_refuses()
    {
        using DtlsContext none = Client();
        using DtlsContext rootOnly = Client(List(TestPki.Authority, Tomorrow));
        using DtlsContext intermediateOnly = Client(List(TestPki.Intermediate, Tomorrow));
        using DtlsContext server = Chained();
        AssertRefused(none, TestContexts.OpenServer, NoList, DtlsAlert.UnknownCa);
        AssertRefused(rootOnly, server, NoList, DtlsAlert.UnknownCa);
        AssertRefused(intermediateOnly, server, NoList, DtlsAlert.UnknownCa);
    }

    [Test]
    public void An_expired_list_refuses_unless_it_is_accepted_by_option()
    {
        byte[] expired = List(TestPki.Authority, Yesterday, TestPki.Client);
        using DtlsContext strict = Client(expired);
        using DtlsContext lenient = Client(DtlsRevocationScope.Chain, acceptExpired: true, expired);
        AssertRefused(strict, TestContexts.OpenServer, ListExpired, DtlsAlert.CertificateExpired);
        Verification.AssertAccepted(lenient, TestContexts.OpenServer);
    }

    [Test]
    public void An_expired_list_that_is_accepted_still_revokes_and_lets_nothing_else_pass()
    {
        using DtlsContext client = Client(DtlsRevocationScope.Chain, acceptExpired: true, List(TestPki.Authority, Yesterday, TestPki.Server));
        using DtlsContext unknown = Verification.OpenServer(TestPki.ServerOfOtherCa);
        AssertRefused(client, TestContexts.OpenServer, Revoked, DtlsAlert.CertificateRevoked);
        AssertRefused(client, unknown, 20, DtlsAlert.UnknownCa);
    }

    [Test]
    public void A_forged_list_refuses()
    {
        byte[] forged = List(TestPki.Authority, Tomorrow);
        forged[^1] ^= 1;
        using DtlsContext client = Client(forged);
        AssertRefused(client, TestContexts.OpenServer, BadListSignature, DtlsAlert.DecryptError);
    }

    [Test]
    public void Files_hold_lists_in_PEM_or_DER()
    {
        using TempDirectory directory = new();
        byte[] root = List(TestPki.Authority, Tomorrow, TestPki.Server);
        byte[] intermediate = List(TestPki.Intermediate, Tomorrow);
        string der = directory.PathOf("root.crl");
        File.WriteAllBytes(der, root);
        string pem = directory.Write(
            "both.pem",
            "0 begins this text too\n" + TestPki.Ca.ExportCertificatePem() + "\n" + PemEncoding.WriteString("X509 CRL", root) + "\nsome text\n" + PemEncoding.WriteString("X509 CRL", intermediate) + "\n");
        Assert.That(DtlsRevocationList.ReadFile(pem), Has.Count.EqualTo(2));
        using DtlsContext client = new(new DtlsContextOptions { TrustAnchors = [TestPki.Ca], RevocationLists = DtlsRevocationList.ReadFile(der) });
        AssertRefused(client, TestContexts.OpenServer, Revoked, DtlsAlert.CertificateRevoked);
    }

    [TestCase(""), TestCase("no list"), TestCase("0 is no DER"), TestCase("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n")]
    [TestCase("-----BEGIN X509 CRL-----\nAA")]
    public void A_file_without_a_list_is_named(string text)
    {
        using TempDirectory directory = new();
        string path = directory.Write("bad.crl", text);
        Assert.That(() => DtlsRevocationList.ReadFile(path), Throws.TypeOf<DtlsCredentialException>().With.Message.Contains(path));
        string missing = directory.PathOf("missing");
        Assert.That(() => DtlsRevocationList.ReadFile(missing), Throws.TypeOf<DtlsCredentialException>().With.Message.Contains(missing));
    }

    [TestCase("3082"), TestCase("3081FF"), TestCase("30820004DEADBEEF")]
    public void Bytes_that_only_begin_like_a_list_are_an_error(string bytes) =>
        Assert.That(() => DtlsRevocationList.Parse(Convert.FromHexString(bytes)), Throws.TypeOf<DtlsCredentialException>().With.Message.Contains("can't be read"));

    [Test]
    public void The_application_s_validation_hears_of_a_revocation_and_has_the_last_word()
    {
        int heard = 0;
        using DtlsContext client = new(new DtlsContextOptions
        {
            TrustAnchors = [TestPki.Ca],
            RevocationLists = DtlsRevocationList.Parse(List(TestPki.Authority, Tomorrow, TestPki.Server)),
            CertificateValidation = verdict => (heard = verdict.VerifyResult) == Revoked,
        });
        Verification.AssertAccepted(client, TestContexts.OpenServer);
        Assert.That(heard, Is.EqualTo(Revoked));
    }

    [Test]
    public void Lists_without_trust_anchors_are_an_error() =>
        Assert.That(
            () => new DtlsContext(new DtlsContextOptions { RevocationLists = [] }),
            Throws.ArgumentException.With.Message.Contains(nameof(DtlsContextOptions.TrustAnchors)));
}
