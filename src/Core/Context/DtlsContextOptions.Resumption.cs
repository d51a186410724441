namespace FifoDtls;

public sealed partial class DtlsContextOptions
{
    /// <summary>
    /// Both roles: whether and how sessions are resumed. Default: <see langword="null"/>: never, because a resumed peer is not verified anew.
    /// </summary>
    public DtlsResumptionOptions? Resumption { get; init; }
}
