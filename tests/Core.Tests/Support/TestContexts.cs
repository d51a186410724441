using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Contexts that tests share; nobody disposes them.</summary>
internal static class TestContexts
{
    private static readonly Lazy<DtlsContext> LazyServer = new(() => Make(TestPki.Server, TestPki.Ca));
    private static readonly Lazy<DtlsContext> LazyClient = new(() => Make(TestPki.Client, TestPki.Ca));
    private static readonly Lazy<DtlsContext> LazyOpenServer = new(() => Make(TestPki.Server, null, clients: DtlsClientCertificates.None));
    private static readonly Lazy<DtlsContext> LazyAnonymousClient = new(() => Make(null, TestPki.Ca));
    private static readonly Lazy<DtlsContext> LazyCredulousClient = new(() => Make(null, null, verifyServer: false));

    /// <summary>Requires client certificates of the test authority.</summary>
    internal static DtlsContext Server => LazyServer.Value;

    /// <summary>Has a certificate, and trusts the test authority.</summary>
    internal static DtlsContext Client => LazyClient.Value;

    /// <summary>Serves any client.</summary>
    internal static DtlsContext OpenServer => LazyOpenServer.Value;

    /// <summary>Has no certificate, and trusts the test authority.</summary>
    internal static DtlsContext AnonymousClient => LazyAnonymousClient.Value;

    /// <summary>Has no certificate, and trusts any server.</summary>
    internal static DtlsContext CredulousClient => LazyCredulousClient.Value;

    /// <summary>Makes a context; of a certificate without intermediates.</summary>
    internal static DtlsContext Make(
        X509Certificate2? certificate, X509Certificate2? trusted, bool verifyServer = true, DtlsClientCertificates clients = DtlsClientCertificates.Required)
    {
        using DtlsCredentials? credentials = certificate is null ? null : DtlsCredentials.FromCertificate(certificate);
        return new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials,
            TrustAnchors = trusted is null ? [] : [trusted],
            VerifyServer = verifyServer,
            ClientCertificates = clients,
        });
    }
}
