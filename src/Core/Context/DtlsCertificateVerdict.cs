using System.Security.Cryptography.X509Certificates;

namespace FifoDtls;

/// <summary>A peer's certificate and what was found of it, for <see cref="DtlsContextOptions.CertificateValidation"/>.</summary>
public sealed class DtlsCertificateVerdict
{
    internal DtlsCertificateVerdict(IReadOnlyList<X509Certificate2> chain, int verifyResult, string description, DtlsRole role, string? serverName)
    {
        Chain = chain;
        VerifyResult = verifyResult;
        Description = description;
        Role = role;
        ServerName = serverName;
    }

    /// <summary>The peer's own certificate. Its private key is proven later in the handshake, which fails without it.</summary>
    public X509Certificate2 Certificate => Chain[0];

    /// <summary>
    /// The chain as OpenSSL built it: the peer's certificate first, then its issuer, and so on; the trust anchor last when one was reached. Only as far as it could be built:
    /// never empty.
    /// </summary>
    public IReadOnlyList<X509Certificate2> Chain { get; }

    /// <summary>OpenSSL's <c>X509_V_…</c> code (<c>x509_vfy.h</c>): 0 when all is well, else the first thing that was found wrong.</summary>
    public int VerifyResult { get; }

    /// <summary><see cref="VerifyResult"/> in words.</summary>
    public string Description { get; }

    /// <summary>Whether the certificate would be accepted without a callback.</summary>
    public bool IsValid => VerifyResult == 0;

    /// <summary>The role of this side: <see cref="DtlsRole.Client"/> when it is a server's certificate.</summary>
    public DtlsRole Role { get; }

    /// <summary>Client role: <see cref="DtlsConnectionOptions.ServerName"/>, which OpenSSL has compared. Else <see langword="null"/>.</summary>
    public string? ServerName { get; }
}
