using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using FifoDtls;
using FifoVpn.Packets;
using FifoVpn.Pki;

namespace FifoVpn.Configuration;

/// <summary>
/// What a node or a rendezvous server shows of itself and whom it trusts, read from the files of its configuration and checked. Must live as long as the contexts made of it.
/// </summary>
internal sealed class NodeCredentials : IDisposable
{
    private const int EarlyWarningDays = 14;

    private readonly List<string> _warnings = [];

    private NodeCredentials(DtlsCredentials own, X509Certificate2 certificate, CertificateIdentity identity)
    {
        Own = own;
        Certificate = certificate;
        Identity = identity;
    }

    /// <summary>The certificate and the private key.</summary>
    public DtlsCredentials Own { get; }

    public X509Certificate2 Certificate { get; }

    /// <summary>Who the certificate says this is: what others go by.</summary>
    public CertificateIdentity Identity { get; }

    public IReadOnlyList<X509Certificate2> TrustAnchors { get; private set; } = [];

    /// <summary>Null when no file is configured: then revocation is not checked.</summary>
    public IReadOnlyList<DtlsRevocationList>? RevocationLists { get; private set; }

    /// <summary>What may keep others from accepting the certificate, or soon will, one line each.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Reads and checks the files of a node: its certificate has to carry its addresses too.</summary>
    /// <exception cref="DtlsCredentialException">A file can't be read, or the key does not belong to the certificate.</exception>
    /// <exception cref="PkiException">The certificate names no node or does not carry an address.</exception>
    public static NodeCredentials Load(NodeConfig config, TimeProvider? clock = null)
    {
        NodeCredentials credentials = Load((ServiceConfig)config, clock);
        foreach (VpnAddress address in config.Addresses.Select(own => own.Address))
        {
            if (!credentials.Identity.Addresses.Contains(address))
            {
                credentials.Dispose();
                throw new PkiException(
                    $"{config.CertificatePath} does not carry the configured address {address}, so no peer would accept it: issue one with --address {address}");
            }
        }

        return credentials;
    }

    /// <summary>Reads and checks the files of a node or a rendezvous server.</summary>
    /// <exception cref="DtlsCredentialException">A file can't be read, or the key does not belong to the certificate.</exception>
    /// <exception cref="PkiException">The certificate names no node.</exception>
    public static NodeCredentials Load(ServiceConfig config, TimeProvider? clock = null)
    {
        DtlsCredentials own = DtlsCredentials.FromPemFiles(config.CertificatePath, config.PrivateKeyPath);
        X509Certificate2? certificate = null;
        try
        {
            certificate = PkiFiles.LoadCertificate(config.CertificatePath);
            if (!CertificateIdentity.TryRead(certificate, out CertificateIdentity? identity))
            {
                throw new PkiException($"{config.CertificatePath} names no node: make one with fifovpn pki issue");
            }

            NodeCredentials credentials = new(own, certificate, identity)
            {
                TrustAnchors = DtlsCredentials.ReadCertificates(config.CaPath),
                RevocationLists = config.RevocationListPaths.Count == 0 ? null : [.. config.RevocationListPaths.SelectMany(DtlsRevocationList.ReadFile)],
            };
            credentials.FindWarnings(config, (clock ?? TimeProvider.System).GetUtcNow());
            return credentials;
        }
        catch
        {
            own.Dispose();
            certificate?.Dispose();
            throw;
        }
    }

    /// <summary>A context for both roles with nothing but these credentials.</summary>
    /// <exception cref="DtlsCredentialException">OpenSSL refuses one of them.</exception>
    public DtlsContext CreateContext() => new(new DtlsContextOptions { Credentials = Own, TrustAnchors = TrustAnchors, RevocationLists = RevocationLists });

    public void Dispose()
    {
        Own.Dispose();
        Certificate.Dispose();
        foreach (X509Certificate2 anchor in TrustAnchors)
        {
            anchor.Dispose();
        }
    }

    // None of this keeps a node from starting: the clock of a machine without a battery may be wrong until the network is up.
    private void FindWarnings(ServiceConfig config, DateTimeOffset now)
    {
        string path = config.CertificatePath;
        if (config.Name is not null && config.Name != Identity.Name)
        {
            _warnings.Add($"{path}: names \"{Identity.Name}\", which is what others know this node by, and not \"{config.Name}\" as the configuration does");
        }

        WarnOfValidity(path, Certificate, now);
        foreach (X509Certificate2 anchor in TrustAnchors)
        {
            WarnOfValidity(config.CaPath, anchor, now);
        }

        if (!IsIssuedByTrusted(path))
        {
            _warnings.Add($"{path}: was not issued by a CA of {config.CaPath}, so others who trust only these refuse it");
        }
    }

    private void WarnOfValidity(string path, X509Certificate2 certificate, DateTimeOffset now)
    {
        string Text(DateTime time) => time.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture);
        if (now < certificate.NotBefore)
        {
            _warnings.Add($"{path}: is not valid before {Text(certificate.NotBefore)}; is this machine's clock right?");
        }
        else if (now > certificate.NotAfter)
        {
            _warnings.Add($"{path}: expired at {Text(certificate.NotAfter)}; issue a new one");
        }
        else if (now > certificate.NotAfter.AddDays(-EarlyWarningDays))
        {
            _warnings.Add($"{path}: expires at {Text(certificate.NotAfter)}; issue a new one before that");
        }
    }

    private bool IsIssuedByTrusted(string path)
    {
        IReadOnlyList<X509Certificate2> intermediates = DtlsCredentials.ReadCertificates(path);
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(TrustAnchors.ToArray());
        chain.ChainPolicy.ExtraStore.AddRange(intermediates.Skip(1).ToArray());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid | X509VerificationFlags.IgnoreCertificateAuthorityRevocationUnknown;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        bool issued = chain.Build(Certificate);
        foreach (X509Certificate2 certificate in chain.ChainElements.Select(element => element.Certificate).Concat(intermediates))
        {
            certificate.Dispose();
        }

        return issued;
    }
}
