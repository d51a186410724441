namespace FifoDtls;

public sealed partial class DtlsPeer
{
    /// <inheritdoc cref="DtlsConnection.ReceiveBatch"/>
    public DtlsReceiveResult ReceiveBatch(Span<byte> buffer, Span<int> lengths, out int count, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        Connection.ReceiveBatch(buffer, lengths, out count, timeout, cancellationToken);

    /// <inheritdoc cref="DtlsConnection.SendBatch"/>
    public void SendBatch(ReadOnlySpan<byte> payloads, ReadOnlySpan<int> lengths)
    {
        try
        {
            Connection.SendBatch(payloads, lengths);
        }
        catch (Exception exception) when (_endpoint.CountUnsent(exception))
        {
            throw; // never: the filter only counts
        }
    }
}
