using System.Net.Security;
using Org.BouncyCastle.Crypto.Tls;

namespace FifoDtls.Interop.Tests;

/// <summary>What BouncyCastle's server accepts and shows. It takes any client, and keeps what the client has shown.</summary>
internal sealed class BouncyServer(BouncyIdentity identity) : DefaultTlsServer
{
    /// <summary>The suites to accept. BouncyCastle does not choose among them by its certificate. Default: one that the certificate is good for.</summary>
    internal TlsCipherSuite[] Suites { get; init; } = [identity.IsRsa ? TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 : TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256];

    /// <summary>Whether the client is asked for a certificate.</summary>
    internal bool AsksForCertificate { get; init; }

    /// <summary>The client's certificate chain; empty if it has none.</summary>
    internal Certificate? ClientChain { get; private set; }

    protected override ProtocolVersion MaximumVersion => ProtocolVersion.DTLSv12;

    protected override ProtocolVersion MinimumVersion => ProtocolVersion.DTLSv12;

    public override CertificateRequest? GetCertificateRequest() => AsksForCertificate
        ? new CertificateRequest([ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign], TlsUtilities.GetDefaultSupportedSignatureAlgorithms(), null)
        : null;

    public override void NotifyClientCertificate(Certificate clientCertificate) => ClientChain = clientCertificate;

    protected override int[] GetCipherSuites() => [.. Suites.Select(suite => (int)suite)];

    protected override TlsSignerCredentials GetECDsaSignerCredentials() => identity.For(mContext);

    protected override TlsSignerCredentials GetRsaSignerCredentials() => identity.For(mContext);
}
