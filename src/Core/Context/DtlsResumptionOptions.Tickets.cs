namespace FifoDtls;

public sealed partial class DtlsResumptionOptions
{
    /// <summary>
    /// Server role: tickets instead of the cache, for the clients that take them; the others' sessions are still kept in the cache. A client takes tickets from any server, without this.
    /// Default: <see langword="null"/>: no tickets.
    /// </summary>
    public DtlsTicketOptions? Tickets { get; init; }
}
