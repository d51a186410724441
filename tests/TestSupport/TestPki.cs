using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FifoDtls.TestSupport;

/// <summary>
/// The certificates that tests share, made once per test process and in memory. They are common property: a test does not dispose them.
/// Own ones come from <see cref="Authority"/> or <see cref="TestAuthority.CreateRoot"/>.
/// </summary>
public static class TestPki
{
    /// <summary>A DNS name in every server certificate, besides <c>localhost</c>, <c>127.0.0.1</c> and <c>::1</c>.</summary>
    public const string ServerName = "server.fifodtls.test";

    /// <summary>The common name of the client certificates.</summary>
    public const string ClientName = "client.fifodtls.test";

    private static readonly LeafProfile ServerProfile = new()
    {
        CommonName = ServerName,
        DnsNames = ["localhost", ServerName],
        Addresses = [IPAddress.Loopback, IPAddress.IPv6Loopback],
        ClientAuth = false,
    };

    private static readonly LeafProfile ClientProfile = new() { CommonName = ClientName, DnsNames = [ClientName], ServerAuth = false };

    private static readonly LeafProfile ExpiredServerProfile = ServerProfile with
    {
        NotBefore = DateTimeOffset.UtcNow.AddDays(-30),
        NotAfter = DateTimeOffset.UtcNow.AddDays(-1),
    };

    private static readonly Lazy<TestAuthority> LazyAuthority = new(() => TestAuthority.CreateRoot("FifoDtls test CA"));
    private static readonly Lazy<TestAuthority> LazyRsaAuthority = new(() => TestAuthority.CreateRoot("FifoDtls RSA CA", KeyKind.Rsa2048));
    private static readonly Lazy<TestAuthority> LazyOther = new(() => TestAuthority.CreateRoot("FifoDtls other CA"));
    private static readonly Lazy<TestAuthority> LazyIntermediate = new(() => Authority.CreateIntermediate("FifoDtls intermediate CA"));
    private static readonly Lazy<X509Certificate2> LazyServer = new(() => Authority.Issue(ServerProfile));
    private static readonly Lazy<X509Certificate2> LazyClient = new(() => Authority.Issue(ClientProfile));
    private static readonly Lazy<X509Certificate2> LazyServerRsa = new(() => RsaAuthority.Issue(ServerProfile with { Key = KeyKind.Rsa2048 }));
    private static readonly Lazy<X509Certificate2> LazyClientRsa = new(() => RsaAuthority.Issue(ClientProfile with { Key = KeyKind.Rsa2048 }));
    private static readonly Lazy<X509Certificate2> LazyExpiredServer = new(() => Authority.Issue(ExpiredServerProfile));
    private static readonly Lazy<X509Certificate2> LazyExpiredClient = new(() => Authority.Issue(
        ClientProfile with { NotBefore = ExpiredServerProfile.NotBefore, NotAfter = ExpiredServerProfile.NotAfter }));
    private static readonly Lazy<X509Certificate2> LazyServerOfOther = new(() => OtherAuthority.Issue(ServerProfile));
    private static readonly Lazy<X509Certificate2> LazyClientOfOther = new(() => OtherAuthority.Issue(ClientProfile));
    private static readonly Lazy<X509Certificate2> LazyChainedServer = new(() => Intermediate.Issue(ServerProfile));

    /// <summary>The authority that tests trust, with an EC P-256 key.</summary>
    public static TestAuthority Authority => LazyAuthority.Value;

    /// <summary>A second root, RSA all the way down.</summary>
    public static TestAuthority RsaAuthority => LazyRsaAuthority.Value;

    /// <summary>An authority that nobody trusts.</summary>
    public static TestAuthority OtherAuthority => LazyOther.Value;

    /// <summary>An authority under <see cref="Authority"/>.</summary>
    public static TestAuthority Intermediate => LazyIntermediate.Value;

    /// <summary>The certificate of <see cref="Authority"/>.</summary>
    public static X509Certificate2 Ca => Authority.Certificate;

    /// <summary>The certificate of <see cref="RsaAuthority"/>.</summary>
    public static X509Certificate2 RsaCa => RsaAuthority.Certificate;

    /// <summary>The certificate of <see cref="OtherAuthority"/>.</summary>
    public static X509Certificate2 OtherCa => OtherAuthority.Certificate;

    /// <summary>A server's certificate (EC P-256) for the names and addresses of <see cref="ServerName"/>.</summary>
    public static X509Certificate2 Server => LazyServer.Value;

    /// <summary>A client's certificate (EC P-256).</summary>
    public static X509Certificate2 Client => LazyClient.Value;

    /// <summary>A server's certificate with an RSA key, issued by <see cref="RsaAuthority"/>.</summary>
    public static X509Certificate2 ServerRsa => LazyServerRsa.Value;

    /// <summary>A client's certificate with an RSA key, issued by <see cref="RsaAuthority"/>.</summary>
    public static X509Certificate2 ClientRsa => LazyClientRsa.Value;

    /// <summary>A server's certificate that expired yesterday.</summary>
    public static X509Certificate2 ExpiredServer => LazyExpiredServer.Value;

    /// <summary>A client's certificate that expired yesterday.</summary>
    public static X509Certificate2 ExpiredClient => LazyExpiredClient.Value;

    /// <summary>A server's certificate of <see cref="OtherAuthority"/>.</summary>
    public static X509Certificate2 ServerOfOtherCa => LazyServerOfOther.Value;

    /// <summary>A client's certificate of <see cref="OtherAuthority"/>.</summary>
    public static X509Certificate2 ClientOfOtherCa => LazyClientOfOther.Value;

    /// <summary>A server's certificate issued by <see cref="Intermediate"/>, whose certificate must be sent along.</summary>
    public static X509Certificate2 ChainedServer => LazyChainedServer.Value;

    /// <summary>
    /// Writes <c>NAME.crt</c> (the certificate, then <paramref name="chain"/>) and <c>NAME.key</c> (PKCS#8, mode 0600, encrypted when
    /// <paramref name="keyPassword"/> is given).
    /// </summary>
    public static PemFiles WritePem(
        TempDirectory directory,
        string name,
        X509Certificate2 certificate,
        IReadOnlyList<X509Certificate2>? chain = null,
        string? keyPassword = null)
    {
        string certificatePath = WriteCertificates(directory, name + ".crt", [certificate, .. chain ?? []]);
        return new PemFiles(certificatePath, directory.WriteSecret(name + ".key", ExportKey(certificate, keyPassword)));
    }

    /// <summary>Writes certificates without keys, one after the other, into one PEM file and returns its path: a trust store, for example.</summary>
    public static string WriteCertificates(TempDirectory directory, string fileName, params IReadOnlyList<X509Certificate2> certificates) =>
        directory.Write(fileName, string.Concat(certificates.Select(certificate => certificate.ExportCertificatePem() + "\n")));

    private static string ExportKey(X509Certificate2 certificate, string? password)
    {
        using AsymmetricAlgorithm key = (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey()
            ?? certificate.GetRSAPrivateKey()
            ?? throw new ArgumentException($"The certificate '{certificate.Subject}' has no EC or RSA private key.", nameof(certificate));
        PbeParameters encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10_000);
        return (password is null ? key.ExportPkcs8PrivateKeyPem() : key.ExportEncryptedPkcs8PrivateKeyPem(password, encryption)) + "\n";
    }
}
