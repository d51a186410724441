using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>Our side of the associations with other implementations. Both authorities are trusted, the EC and the RSA one.</summary>
internal static class Contexts
{
    internal static DtlsContext Server(
        X509Certificate2 certificate, DtlsClientCertificates clients = DtlsClientCertificates.None, DtlsResumptionOptions? resumption = null, params IReadOnlyList<X509Certificate2> intermediates)
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate, [.. intermediates]);
        return new DtlsContext(new DtlsContextOptions { Credentials = credentials, TrustAnchors = [TestPki.Ca, TestPki.RsaCa], ClientCertificates = clients, Resumption = resumption });
    }

    internal static DtlsContext Client(X509Certificate2? certificate = null, DtlsResumptionOptions? resumption = null, params IReadOnlyList<TlsCipherSuite> suites)
    {
        using DtlsCredentials? credentials = certificate is null ? null : DtlsCredentials.FromCertificate(certificate);
        return new DtlsContext(new DtlsContextOptions { Credentials = credentials, TrustAnchors = [TestPki.Ca, TestPki.RsaCa], Resumption = resumption, CipherSuites = suites });
    }
}
