namespace FifoDtls;

/// <summary>What is particular to one outgoing association.</summary>
public sealed partial class DtlsConnectOptions
{
    /// <summary>The host name or IP address that the server's certificate must carry. Default: <see langword="null"/>: see <see cref="DtlsConnectionOptions.ServerName"/>.</summary>
    public string? ServerName { get; init; }

    /// <summary>The handshake's overall deadline. Default: <see langword="null"/>: <see cref="DtlsEndpointOptions.HandshakeTimeout"/>.</summary>
    public TimeSpan? HandshakeTimeout { get; init; }
}
