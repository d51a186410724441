namespace FifoDtls;

public sealed partial class DtlsConnectionOptions
{
    /// <summary>
    /// The largest datagram, in bytes, that the handshake sends, for a caller that does not know yet what the path carries: the handshake works with small datagrams, and afterwards
    /// <see cref="DtlsNegotiated.MaxPayloadSize"/> is what the transport's <see cref="IDatagramTransport.MaxDatagramSize"/> allows, whatever the handshake has lost. It is the caller's then
    /// to find out which payloads get through (RFC 8899). 256 to 65,507, and no more than the transport's counts. Default: <see langword="null"/>: the transport's, lowered after repeated loss, for good.
    /// </summary>
    public int? MaxHandshakeDatagramSize { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">It is out of its range.</exception>
    internal static void RequireHandshakeDatagramSize(int? size)
    {
        if (size is < DtlsConnection.MinDatagramSize or > 65_507)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MaxHandshakeDatagramSize), size, $"{nameof(MaxHandshakeDatagramSize)} is {DtlsConnection.MinDatagramSize} to 65507.");
        }
    }
}
