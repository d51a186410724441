namespace FifoDtls.Benchmarks;

/// <summary>What echoes.</summary>
internal enum EchoKind
{
    /// <summary>A plain blocking UDP socket.</summary>
    Raw,

    /// <summary>A <see cref="DtlsEndpoint"/> with a session for each peer.</summary>
    Dtls,
}
