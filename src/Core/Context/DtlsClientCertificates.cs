namespace FifoDtls;

/// <summary>What a server asks of its clients.</summary>
public enum DtlsClientCertificates
{
    /// <summary>A certificate that leads to a trust anchor; a client without one is refused.</summary>
    Required,

    /// <summary>None is asked for: any client is served.</summary>
    None,
}
