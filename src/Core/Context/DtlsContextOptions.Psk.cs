namespace FifoDtls;

public sealed partial class DtlsContextOptions
{
    /// <summary>
    /// Client role: gives the pre-shared key (RFC 4279) for a server. With it a client needs no <see cref="TrustAnchors"/>, and offers suites with certificates beside those with PSK only
    /// where <see cref="VerifyServer"/> and trust anchors let it verify them. Default: none, and no PSK suite is offered.
    /// </summary>
    public DtlsClientPskCallback? ClientPsk { get; init; }

    /// <summary>
    /// Server role: gives the pre-shared key (RFC 4279) of a client. With it a server needs no <see cref="Credentials"/>; one that has both serves clients of both kinds, and
    /// <see cref="ClientCertificates"/> rules those without PSK. Default: none, and no PSK suite is accepted.
    /// </summary>
    public DtlsServerPskCallback? ServerPsk { get; init; }

    /// <summary>
    /// Server role: the hint that helps clients to choose an identity (RFC 4279 §2), sent in the clear to anybody. 1 to 128 bytes of UTF-8. Default: none.
    /// </summary>
    public string? PskIdentityHint { get; init; }
}
