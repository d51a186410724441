namespace FifoDtls;

/// <summary>The groups of the ephemeral key exchange (RFC 8422 §5.1.1), by their number in the IANA registry.</summary>
public enum DtlsGroup : ushort
{
    /// <summary>NIST P-256, secp256r1.</summary>
    P256 = 23,

    /// <summary>NIST P-384, secp384r1.</summary>
    P384 = 24,

    /// <summary>NIST P-521, secp521r1.</summary>
    P521 = 25,

    /// <summary>Curve25519 (RFC 7748).</summary>
    X25519 = 29,

    /// <summary>Curve448 (RFC 7748).</summary>
    X448 = 30,
}
