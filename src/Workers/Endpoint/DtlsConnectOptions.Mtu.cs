namespace FifoDtls;

public sealed partial class DtlsConnectOptions
{
    /// <summary>The largest UDP payload, in bytes, that is sent to this peer. 256 to 65,507. Default: <see langword="null"/>: <see cref="DtlsEndpointOptions.MaxDatagramSize"/>.</summary>
    public int? MaxDatagramSize { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    /// <exception cref="ArgumentException"><see cref="ServerName"/> is not ASCII and no host name.</exception>
    internal void Validate()
    {
        _ = DtlsConnectionOptions.ToAscii(ServerName);
        if (MaxDatagramSize is < DtlsConnection.MinDatagramSize or > 65_507)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MaxDatagramSize), MaxDatagramSize, $"{nameof(MaxDatagramSize)} is {DtlsConnection.MinDatagramSize} to 65507.");
        }
    }
}
