namespace FifoDtls;

public sealed partial class DtlsEndpointOptions
{
    /// <summary>
    /// Lets the system, or the network device, cut what <see cref="DtlsPeer.SendBatch"/> sends into datagrams, and hand over datagrams that come together as one buffer (Linux's UDP_SEGMENT
    /// and UDP_GRO, where the kernel has them). The datagrams on the network are the same. Sending is turned off for good when a device refuses what it takes one by one. <see cref="DtlsEndpoint.SendsSegments"/> and <see cref="DtlsEndpoint.ReceivesSegments"/> tell what is on. Default: <see langword="true"/>.
    /// </summary>
    public bool SegmentationOffload { get; init; } = true;
}
