using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary>The contexts of all benchmarks: an ECDSA P-256 server that serves anybody, and a client that verifies it.</summary>
internal static class BenchContexts
{
    internal static DtlsContext CreateServer(DtlsResumptionOptions? resumption = null)
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        return new DtlsContext(new DtlsContextOptions { Credentials = credentials, ClientCertificates = DtlsClientCertificates.None, Groups = [DtlsGroup.P256], Resumption = resumption });
    }

    /// <summary>Of this process: it trusts the authority that <see cref="CreateServer"/> has its certificate from.</summary>
    internal static DtlsContext CreateClient(DtlsResumptionOptions? resumption = null) => CreateClient([TestPki.Ca], resumption);

    /// <summary>Believes any server: the one in another process has a certificate of its own, and what is measured begins after the handshake.</summary>
    internal static DtlsContext CreateCredulousClient() => new(new DtlsContextOptions { VerifyServer = false });

    private static DtlsContext CreateClient(X509Certificate2[] anchors, DtlsResumptionOptions? resumption) =>
        new(new DtlsContextOptions { TrustAnchors = anchors, Groups = [DtlsGroup.P256], Resumption = resumption });
}
