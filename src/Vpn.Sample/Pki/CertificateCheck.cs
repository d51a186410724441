using System.Security.Cryptography.X509Certificates;
using FifoDtls;

namespace FifoVpn.Pki;

/// <summary>Whether a certificate that was accepted once still is, now that the revocation lists are other ones.</summary>
internal static class CertificateCheck
{
    // x509_vfy.h: no issuer found. The association does not keep the intermediates that its peer has sent, so that only a handshake can tell.
    private const int UnableToGetIssuer = 2;
    private const int UnableToGetIssuerLocally = 20;
    private const int UnableToVerifyLeaf = 21;

    /// <param name="der">The certificate.</param>
    /// <param name="role">Of this side in the handshake.</param>
    /// <param name="decided">Whether a handshake would say the same.</param>
    /// <returns>Why the certificate is not accepted, or null.</returns>
    public static string? Refusal(DtlsContext context, ReadOnlySpan<byte> der, DtlsRole role, out bool decided)
    {
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(der);
        DtlsCertificateVerdict verdict = context.Verify(certificate, role);
        foreach (X509Certificate2 part in verdict.Chain)
        {
            part.Dispose();
        }

        decided = verdict.VerifyResult is not (UnableToGetIssuer or UnableToGetIssuerLocally or UnableToVerifyLeaf);
        return verdict.IsValid ? null : verdict.Description;
    }
}
