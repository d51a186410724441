namespace FifoDtls;

/// <summary>
/// What a server asks of its clients. When it asks, it sends the names of its trust anchors along (RFC 5246 §7.4.4), so that a client with several certificates can choose.
/// </summary>
public enum DtlsClientCertificates
{
    /// <summary>A certificate that leads to a trust anchor; a client without one is refused.</summary>
    Required,

    /// <summary>None is asked for: any client is served.</summary>
    None,

    /// <summary>
    /// A certificate is asked for, and one that is shown must be valid; a client without one is served too, and its <see cref="DtlsNegotiated.PeerCertificate"/> is
    /// <see langword="null"/>.
    /// </summary>
    Optional,
}
