namespace FifoDtls;

public sealed unsafe partial class DtlsConnection
{
    private void ThrowIfKeyLogFailed()
    {
        if (_bio.KeyLogFailure is { } failure)
        {
            throw new DtlsException($"The handshake failed: the key log file could not be written: {failure.Message}", failure);
        }
    }
}
