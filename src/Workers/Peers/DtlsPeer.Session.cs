namespace FifoDtls;

public sealed partial class DtlsPeer
{
    /// <inheritdoc cref="DtlsConnection.ExportSession"/>
    public DtlsSession? ExportSession() => Connection.ExportSession();
}
