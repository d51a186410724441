using System.Net;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Which names a server's certificate is good for (RFC 9525).</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class ServerNameTests
{
    private const int HostnameMismatch = 62;
    private const int AddressMismatch = 64;

    private static X509Certificate2 Issue(string commonName, string[] names, params IPAddress[] addresses) =>
        TestPki.Authority.Issue(new LeafProfile { CommonName = commonName, DnsNames = names, Addresses = addresses });

    [TestCase("a.wild.test"), TestCase("B.Wild.TEST"), TestCase("exact.test"), TestCase("192.0.2.7"), TestCase("2001:db8::7")]
    public void A_name_in_the_certificate_is_accepted(string name)
    {
        using X509Certificate2 certificate = Issue("any", ["*.wild.test", "exact.test"], IPAddress.Parse("192.0.2.7"), IPAddress.Parse("2001:db8::7"));
        using DtlsContext server = Verification.OpenServer(certificate);
        Verification.AssertAccepted(TestContexts.AnonymousClient, server, name);
    }

    [TestCase("wild.test", HostnameMismatch, TestName = "A wildcard does not stand for no label")]
    [TestCase("a.b.wild.test", HostnameMismatch, TestName = "A wildcard does not stand for two labels")]
    [TestCase("apart.part.test", HostnameMismatch, TestName = "A wildcard does not stand for a part of a label")]
    [TestCase("common.test", HostnameMismatch, TestName = "The common name beside a subjectAltName does not count")]
    [TestCase("192.0.2.8", AddressMismatch, TestName = "An address that the certificate has only as a DNS name is refused")]
    [TestCase("2001:db8::8", AddressMismatch, TestName = "Another address is refused")]
    public void A_name_that_is_not_in_the_certificate_is_refused(string name, int reason)
    {
        using X509Certificate2 certificate = Issue("common.test", ["*.wild.test", "a*.part.test", "192.0.2.8"], IPAddress.Parse("2001:db8::7"));
        using DtlsContext server = Verification.OpenServer(certificate);
        Verification.AssertRefused(DtlsRole.Client, TestContexts.AnonymousClient, server, reason, DtlsAlert.BadCertificate, name);
    }

    [TestCase("only.common.test", HostnameMismatch), TestCase("192.0.2.9", AddressMismatch)]
    public void A_certificate_with_nothing_but_a_common_name_is_refused(string name, int reason)
    {
        using X509Certificate2 certificate = Issue(name, []);
        using DtlsContext server = Verification.OpenServer(certificate);
        Verification.AssertRefused(DtlsRole.Client, TestContexts.AnonymousClient, server, reason, DtlsAlert.BadCertificate, name);
    }
}
