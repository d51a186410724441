using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FifoVpn.Pki;

// Certificates that this CA has issued before.
internal sealed partial class CertificateAuthority
{
    /// <summary>Who a certificate of this CA belongs to; it may have expired.</summary>
    /// <param name="source">What to call the certificate in messages: its file.</param>
    /// <exception cref="PkiException">It is another CA's, or the CA's own, or names no node.</exception>
    public CertificateIdentity RequireOwn(X509Certificate2 certificate, string source)
    {
        if (certificate.RawData.AsSpan().SequenceEqual(Certificate.RawData))
        {
            throw new PkiException($"{source} is the certificate of the CA itself; to replace it, make a new CA and give it to every node");
        }

        if (!certificate.IssuerName.RawData.AsSpan().SequenceEqual(Certificate.SubjectName.RawData) || !SignedData.IsSignedBy(certificate.RawData, Key))
        {
            throw new PkiException($"{source} was not issued by this CA ({Certificate.Subject}) but by {certificate.Issuer}, or with another key; take the folder of the CA that issued it");
        }

        return CertificateIdentity.TryRead(certificate, out CertificateIdentity? identity)
            ? identity
            : throw new PkiException($"{source} names no node; make a new certificate with: fifovpn pki issue");
    }

    /// <summary>Makes a newer certificate for the same holder and the same key, which this CA need not know.</summary>
    /// <exception cref="PkiException">The certificate is not this CA's; or the days are out of range, or the CA is not valid now.</exception>
    public X509Certificate2 Extend(X509Certificate2 certificate, string source, int days = DefaultNodeDays)
    {
        CertificateIdentity identity = RequireOwn(certificate, source);
        try
        {
            return Sign(identity, days, certificate.PublicKey);
        }
        catch (CryptographicException exception)
        {
            throw new PkiException($"the key of {source} cannot be used again: {exception.Message}; renew without --keep-key");
        }
    }
}
