using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FifoVpn.Packets;

namespace FifoVpn.Pki;

/// <summary>
/// The VPN's certificate authority (RFC 5280 profile, EC P-256): makes itself and node certificates. Thread-safe for issuing.
/// </summary>
internal sealed partial class CertificateAuthority : IDisposable
{
    public const string DefaultName = "FifoVpn CA";
    public const int DefaultDays = 3650;
    public const int DefaultNodeDays = 825;
    public const int MaxDays = 36500;
    public const int MaxNameLength = 64;

    private const int SerialLength = 16;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Clocks of nodes differ: a certificate is valid a little before it was made.</summary>
    private static readonly TimeSpan Backdating = TimeSpan.FromHours(1);

    private readonly TimeProvider _clock;

    private CertificateAuthority(X509Certificate2 certificate, ECDsa key, TimeProvider clock)
    {
        Certificate = certificate;
        Key = key;
        _clock = clock;
    }

    /// <summary>The CA's certificate, without its key.</summary>
    public X509Certificate2 Certificate { get; }

    internal ECDsa Key { get; }

    /// <summary>Makes a new CA in memory.</summary>
    /// <param name="name">The common name, 1 to 64 characters.</param>
    /// <param name="days">Validity from now, 1 to 36500.</param>
    /// <exception cref="PkiException">Name or days out of range.</exception>
    public static CertificateAuthority Create(string name = DefaultName, int days = DefaultDays, TimeProvider? clock = null)
    {
        CheckDays(days);
        if (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl))
        {
            throw new PkiException($"\"{name}\" is no CA name; it has 1 to {MaxNameLength} printable characters");
        }

        clock ??= TimeProvider.System;
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            CertificateRequest request = Request(name, new PublicKey(key));
            request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority(pathLengthConstraint: 0));
            X509KeyUsageFlags usage = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign;
            request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
            DateTimeOffset now = clock.GetUtcNow();
            X509SignatureGenerator signer = X509SignatureGenerator.CreateForECDsa(key);
            X509Certificate2 certificate = request.Create(request.SubjectName, signer, now - Backdating, now.AddDays(days), NewSerial());
            return new CertificateAuthority(certificate, key, clock);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Takes over an existing CA; both arguments then belong to it.</summary>
    /// <exception cref="PkiException">The certificate is no CA, or the key is not its key.</exception>
    public static CertificateAuthority From(X509Certificate2 certificate, ECDsa key, TimeProvider? clock = null)
    {
        if (certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is not { CertificateAuthority: true })
        {
            throw new PkiException($"the certificate {certificate.Subject} is not a CA's");
        }

        if (!certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
        {
            throw new PkiException($"the private key does not belong to the CA certificate {certificate.Subject}");
        }

        return new CertificateAuthority(certificate, key, clock ?? TimeProvider.System);
    }

    /// <summary>The same for a node that has addresses only.</summary>
    public NodeCertificate Issue(string name, IReadOnlyList<VpnAddress> addresses, int days = DefaultNodeDays) =>
        Issue(CertificateIdentity.Node(name, addresses), days);

    /// <summary>Makes a key and a certificate for a node or a rendezvous server, for use as client and as server.</summary>
    /// <param name="identity">A node has at least one VPN address; addresses and subnets are what it may claim inside the tunnel. A rendezvous server has neither.</param>
    /// <param name="days">Validity from now, 1 to 36500; ends with the CA's at the latest.</param>
    /// <exception cref="PkiException">An argument is out of range, or the CA is not valid now.</exception>
    public NodeCertificate Issue(CertificateIdentity identity, int days = DefaultNodeDays)
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            return Issue(identity, days, key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Certificate.Dispose();
        Key.Dispose();
    }

    private static CertificateRequest Request(string commonName, PublicKey key)
    {
        X500DistinguishedNameBuilder subject = new();
        subject.AddCommonName(commonName);
        return new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
    }

    // The key belongs to the certificate that is returned.
    private NodeCertificate Issue(CertificateIdentity identity, int days, ECDsa key)
    {
        using X509Certificate2 bare = Sign(identity, days, new PublicKey(key));
        return new NodeCertificate(identity.Name, bare.CopyWithPrivateKey(key), key);
    }

    private X509Certificate2 Sign(CertificateIdentity identity, int days, PublicKey key)
    {
        CheckDays(days);
        CheckIdentity(identity);
        (DateTimeOffset notBefore, DateTimeOffset notAfter) = Validity(days);
        X509SignatureGenerator signer = X509SignatureGenerator.CreateForECDsa(Key);
        return NodeRequest(identity, key).Create(Certificate.SubjectName, signer, notBefore, notAfter, NewSerial());
    }

    private CertificateRequest NodeRequest(CertificateIdentity identity, PublicKey key)
    {
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(identity.Name);
        new AlternativeNames(identity.Addresses, identity.Subnets, identity.IsRendezvous).AddTo(names);
        CertificateRequest request = Request(identity.Name, key);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication), new Oid(ClientAuthentication)], critical: false));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
                Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        return request;
    }

    private (DateTimeOffset NotBefore, DateTimeOffset NotAfter) Validity(int days)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        DateTimeOffset first = Certificate.NotBefore.ToUniversalTime();
        DateTimeOffset last = Certificate.NotAfter.ToUniversalTime();
        if (now < first || now > last)
        {
            throw new PkiException(
                $"the CA {Certificate.Subject} is valid from {first:u} to {last:u}, not now ({now:u}); check the clock or make a new CA");
        }

        DateTimeOffset notBefore = now - Backdating < first ? first : now - Backdating;
        DateTimeOffset notAfter = now.AddDays(days) > last ? last : now.AddDays(days);
        return (notBefore, notAfter);
    }

    private static void CheckDays(int days)
    {
        if (days is < 1 or > MaxDays)
        {
            throw new PkiException($"{days} days of validity are out of range; it is 1 to {MaxDays}");
        }
    }

    /// <summary>
    /// Random and positive: the top bit is clear, and the next one is set so that all 16 bytes count (RFC 5280 §4.1.2.2).
    /// </summary>
    private static byte[] NewSerial()
    {
        byte[] serial = RandomNumberGenerator.GetBytes(SerialLength);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return serial;
    }
}
