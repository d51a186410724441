using System.Net;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>The DTLS contexts that the tests share. Nobody disposes them.</summary>
internal static class TestContexts
{
    private static readonly Lazy<DtlsContext> LazyServer = new(() => Create(TestPki.Server, DtlsClientCertificates.Required));
    private static readonly Lazy<DtlsContext> LazyOpenServer = new(() => Create(TestPki.Server, DtlsClientCertificates.None));
    private static readonly Lazy<DtlsContext> LazyServerOfOtherCa = new(() => Create(TestPki.ServerOfOtherCa, DtlsClientCertificates.None));
    private static readonly Lazy<DtlsContext> LazyClient = new(() => Create(TestPki.Client, DtlsClientCertificates.Required));
    private static readonly Lazy<DtlsContext> LazyClientOfOtherCa = new(() => Create(TestPki.ClientOfOtherCa, DtlsClientCertificates.Required));
    private static readonly Lazy<DtlsContext> LazyAnonymousClient = new(() => Create(null, DtlsClientCertificates.Required));

    // A node that plays both parts needs a certificate for both uses.
    private static readonly Lazy<DtlsContext> LazyNode = new(() => Create(
        TestPki.Authority.Issue(new LeafProfile { CommonName = "node.fifodtls.test", Addresses = [IPAddress.Loopback, IPAddress.IPv6Loopback] }), DtlsClientCertificates.Required));

    /// <summary>Demands a client certificate of the test authority.</summary>
    internal static DtlsContext Server => LazyServer.Value;

    /// <summary>Serves any client.</summary>
    internal static DtlsContext OpenServer => LazyOpenServer.Value;

    /// <summary>A server that no test client trusts.</summary>
    internal static DtlsContext ServerOfOtherCa => LazyServerOfOtherCa.Value;

    internal static DtlsContext Client => LazyClient.Value;

    /// <summary>A client whose certificate is of an authority that nobody trusts.</summary>
    internal static DtlsContext ClientOfOtherCa => LazyClientOfOtherCa.Value;

    /// <summary>A client without a certificate.</summary>
    internal static DtlsContext AnonymousClient => LazyAnonymousClient.Value;

    /// <summary>Serves and connects, and demands certificates in both parts.</summary>
    internal static DtlsContext Node => LazyNode.Value;

    private static DtlsContext Create(X509Certificate2? certificate, DtlsClientCertificates clientCertificates) => new(new DtlsContextOptions
    {
        Credentials = certificate is null ? null : DtlsCredentials.FromCertificate(certificate),
        TrustAnchors = [TestPki.Ca],
        ClientCertificates = clientCertificates,
    });
}
