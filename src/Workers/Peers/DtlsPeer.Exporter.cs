namespace FifoDtls;

public sealed partial class DtlsPeer
{
    /// <inheritdoc cref="DtlsConnection.ExportKeyingMaterial(string, Span{byte})"/>
    public void ExportKeyingMaterial(string label, Span<byte> destination) => Connection.ExportKeyingMaterial(label, destination);

    /// <inheritdoc cref="DtlsConnection.ExportKeyingMaterial(string, ReadOnlySpan{byte}, Span{byte})"/>
    public void ExportKeyingMaterial(string label, ReadOnlySpan<byte> context, Span<byte> destination) => Connection.ExportKeyingMaterial(label, context, destination);
}
