namespace FifoDtls;

public sealed partial class DtlsEndpointOptions
{
    /// <inheritdoc cref="DtlsConnectionOptions.MaxHandshakeDatagramSize"/>
    public int? MaxHandshakeDatagramSize { get; init; }

    /// <summary>
    /// Forbids routers to fragment datagrams (the don't-fragment bit of IPv4, no fragment header in IPv6), so that what is too large for the path is lost instead of arriving in parts: for
    /// callers that find the path's MTU out by themselves. The system's own idea of it is not asked: ICMP messages can be forged. A datagram that is larger than the MTU of the
    /// interface counts in <see cref="DtlsEndpointStatistics.SendErrors"/>. On Linux, Windows and macOS (there not for IPv4 peers of an IPv6 socket); tested on Linux only. Default: <see langword="false"/>.
    /// </summary>
    public bool DontFragment { get; init; }
}
