namespace FifoDtls;

/// <summary>Protocol versions, by their number on the wire.</summary>
public enum DtlsVersion : ushort
{
    /// <summary>DTLS 1.2 (RFC 6347).</summary>
    Dtls12 = 0xFEFD,
}
