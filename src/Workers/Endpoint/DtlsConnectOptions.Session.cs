namespace FifoDtls;

public sealed partial class DtlsConnectOptions
{
    /// <inheritdoc cref="DtlsConnectionOptions.Session"/>
    public DtlsSession? Session { get; init; }
}
