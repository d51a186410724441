using System.Security.Cryptography.X509Certificates;

namespace FifoDtls;

/// <summary>What the associations of a <see cref="DtlsContext"/> have in common. The defaults refuse: both sides must prove who they are.</summary>
public sealed partial class DtlsContextOptions
{
    /// <summary>The own certificate and private key. A server needs them; a client shows them when asked. Default: none.</summary>
    public DtlsCredentials? Credentials { get; init; }

    /// <summary>The certificates of the authorities that are trusted to vouch for peers. Default: none, and then no peer can be verified.</summary>
    public IReadOnlyCollection<X509Certificate2> TrustAnchors { get; init; } = [];

    /// <summary>
    /// Client role: whether the server's certificate must lead to a trust anchor. Default: <see langword="true"/>.
    /// Without it anybody on the path can pose as the server.
    /// </summary>
    public bool VerifyServer { get; init; } = true;

    /// <summary>Server role: what is asked of clients. Default: <see cref="DtlsClientCertificates.Required"/>.</summary>
    public DtlsClientCertificates ClientCertificates { get; init; } = DtlsClientCertificates.Required;
}
