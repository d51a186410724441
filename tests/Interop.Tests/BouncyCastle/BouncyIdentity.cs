using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Tls;
using Org.BouncyCastle.Security;

namespace FifoDtls.Interop.Tests;

/// <summary>A certificate with its key and its intermediates, for one of BouncyCastle's sides.</summary>
internal sealed class BouncyIdentity
{
    private readonly Certificate _chain;
    private readonly AsymmetricKeyParameter _key;

    internal BouncyIdentity(X509Certificate2 certificate, params IReadOnlyList<X509Certificate2> intermediates)
    {
        _chain = new Certificate([.. new[] { certificate }.Concat(intermediates).Select(each => X509CertificateStructure.GetInstance(each.RawData))]);
        using RSA? rsa = certificate.GetRSAPrivateKey();
        using ECDsa? ec = certificate.GetECDsaPrivateKey();
        _key = PrivateKeyFactory.CreateKey(rsa?.ExportPkcs8PrivateKey() ?? ec!.ExportPkcs8PrivateKey());
        IsRsa = rsa is not null;
    }

    internal bool IsRsa { get; }

    /// <summary>What signs in a handshake.</summary>
    internal TlsSignerCredentials For(TlsContext context) =>
        new DefaultTlsSignerCredentials(context, _chain, _key, new SignatureAndHashAlgorithm(Org.BouncyCastle.Crypto.Tls.HashAlgorithm.sha256, IsRsa ? SignatureAlgorithm.rsa : SignatureAlgorithm.ecdsa));
}
