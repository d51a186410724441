using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FifoDtls.TestSupport;

/// <summary>A certificate authority in memory: a root, or an intermediate under one. Thread-safe.</summary>
public sealed class TestAuthority
{
    private const string ServerAuthOid = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthOid = "1.3.6.1.5.5.7.3.2";

    private TestAuthority(X509Certificate2 certificate) => Certificate = certificate;

    /// <summary>The authority's certificate, with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Makes a self-signed root.</summary>
    public static TestAuthority CreateRoot(string commonName, KeyKind key = KeyKind.EcP256)
    {
        using AsymmetricAlgorithm keyPair = CreateKey(key);
        CertificateRequest request = AuthorityRequest(commonName, keyPair);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        // The bounds lie years outside those of every leaf, because an issuer's validity must contain its subjects'.
        return new TestAuthority(request.CreateSelfSigned(now.AddYears(-5), now.AddYears(10)));
    }

    /// <summary>Makes an authority whose certificate this one issues.</summary>
    public TestAuthority CreateIntermediate(string commonName, KeyKind key = KeyKind.EcP256)
    {
        using AsymmetricAlgorithm keyPair = CreateKey(key);
        CertificateRequest request = AuthorityRequest(commonName, keyPair);
        return new TestAuthority(Sign(request, keyPair, Certificate.NotBefore.AddDays(1), Certificate.NotAfter.AddDays(-1)));
    }

    /// <summary>Issues an end-entity certificate with its private key, which is exportable.</summary>
    public X509Certificate2 Issue(LeafProfile profile)
    {
        using AsymmetricAlgorithm keyPair = CreateKey(profile.Key);
        CertificateRequest request = NewRequest(profile.CommonName, keyPair);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        AddExtendedKeyUsage(request, profile);
        AddAlternativeNames(request, profile);
        return Sign(request, keyPair, profile.NotBefore, profile.NotAfter);
    }

    private static AsymmetricAlgorithm CreateKey(KeyKind kind) =>
        kind == KeyKind.Rsa2048 ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static CertificateRequest NewRequest(string commonName, AsymmetricAlgorithm key)
    {
        X500DistinguishedNameBuilder name = new();
        name.AddCommonName(commonName);
        CertificateRequest request = key is RSA rsa
            ? new CertificateRequest(name.Build(), rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(name.Build(), (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }

    private static CertificateRequest AuthorityRequest(string commonName, AsymmetricAlgorithm key)
    {
        CertificateRequest request = NewRequest(commonName, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        return request;
    }

    private static void AddExtendedKeyUsage(CertificateRequest request, LeafProfile profile)
    {
        OidCollection usages = [];
        if (profile.ServerAuth)
        {
            usages.Add(new Oid(ServerAuthOid));
        }

        if (profile.ClientAuth)
        {
            usages.Add(new Oid(ClientAuthOid));
        }

        if (usages.Count > 0)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(usages, false));
        }
    }

    private static void AddAlternativeNames(CertificateRequest request, LeafProfile profile)
    {
        if (profile.DnsNames.Count + profile.Addresses.Count == 0)
        {
            return;
        }

        SubjectAlternativeNameBuilder names = new();
        foreach (string name in profile.DnsNames)
        {
            names.AddDnsName(name);
        }

        foreach (IPAddress address in profile.Addresses)
        {
            names.AddIpAddress(address);
        }

        request.CertificateExtensions.Add(names.Build());
    }

    private X509Certificate2 Sign(CertificateRequest request, AsymmetricAlgorithm key, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3F) | 0x40); // RFC 5280 section 4.1.2.2: positive, at most 20 octets
        using AsymmetricAlgorithm issuerKey = (AsymmetricAlgorithm?)Certificate.GetECDsaPrivateKey() ?? Certificate.GetRSAPrivateKey()!;
        X509SignatureGenerator generator = issuerKey is RSA rsaIssuer
            ? X509SignatureGenerator.CreateForRSA(rsaIssuer, RSASignaturePadding.Pkcs1)
            : X509SignatureGenerator.CreateForECDsa((ECDsa)issuerKey);
        using X509Certificate2 signed = request.Create(Certificate.SubjectName, generator, notBefore, notAfter, serial);
        return key is RSA rsa ? signed.CopyWithPrivateKey(rsa) : signed.CopyWithPrivateKey((ECDsa)key);
    }
}
