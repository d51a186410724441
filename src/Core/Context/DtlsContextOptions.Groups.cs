namespace FifoDtls;

public sealed partial class DtlsContextOptions
{
    /// <summary>
    /// The groups for the ephemeral key exchange, best first; a server's order rules. Default: empty: libssl's own, X25519 first and then the others of <see cref="DtlsGroup"/>.
    /// </summary>
    /// <remarks>In DTLS 1.2 they also say which curves may stand in certificates with ECDSA keys (RFC 8422 §5.1): a list without P-256 refuses a certificate of P-256.</remarks>
    public IReadOnlyList<DtlsGroup> Groups { get; init; } = [];
}
