namespace FifoDtls;

/// <summary>Which certificates of a peer's chain are looked up in the revocation lists.</summary>
public enum DtlsRevocationScope
{
    /// <summary>All: the peer's own and those above it, each needing a list of its issuer; of the trust anchor too when it is self-signed.</summary>
    Chain,

    /// <summary>The peer's own certificate only.</summary>
    Leaf,
}
