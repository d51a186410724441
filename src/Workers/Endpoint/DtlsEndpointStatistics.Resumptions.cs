namespace FifoDtls;

public sealed partial record DtlsEndpointStatistics
{
    /// <summary>Associations among <see cref="Connected"/> that resumed a session, by the server's cache or by a ticket.</summary>
    public long ClientResumptions { get; init; }

    /// <summary>Associations among <see cref="Accepted"/> that resumed a session, by the cache or by a ticket.</summary>
    public long ServerResumptions { get; init; }
}
