namespace FifoDtls;

public sealed partial class DtlsContextOptions
{
    /// <summary>
    /// The revocation lists (CRLs, RFC 5280 §5) of the authorities. Both roles. Default: <see langword="null"/>, and then revocation is not checked.
    /// Once set, even to an empty collection, a certificate is refused when it is revoked, and also when there is no list of its issuer (<c>X509_V_ERR_UNABLE_TO_GET_CRL</c>, 3)
    /// or only an expired one (<c>X509_V_ERR_CRL_HAS_EXPIRED</c>, 12).
    /// </summary>
    /// <remarks>Newer lists go to <see cref="DtlsContext.UpdateRevocationLists"/>. Of several lists of one authority the newest counts.
    /// Needs <see cref="TrustAnchors"/>: a certificate that is merely pinned has no authority whose list could be asked.</remarks>
    public IReadOnlyCollection<DtlsRevocationList>? RevocationLists { get; init; }

    /// <summary>Which certificates are looked up in <see cref="RevocationLists"/>. Default: <see cref="DtlsRevocationScope.Chain"/>.</summary>
    public DtlsRevocationScope RevocationScope { get; init; } = DtlsRevocationScope.Chain;

    /// <summary>
    /// Whether a revocation list is still believed after its next update was due. Default: <see langword="false"/>: whoever can keep new lists away could otherwise
    /// keep a revoked certificate in use.
    /// </summary>
    public bool AcceptExpiredRevocationLists { get; init; }
}
