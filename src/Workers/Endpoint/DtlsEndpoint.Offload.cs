namespace FifoDtls;

public sealed partial class DtlsEndpoint
{
    /// <summary>Whether batches are sent by segmentation offload now. See <see cref="DtlsEndpointOptions.SegmentationOffload"/>.</summary>
    public bool SendsSegments => _socket.SendsTrains;

    /// <summary>Whether the system hands over datagrams that come together as one buffer. See <see cref="DtlsEndpointOptions.SegmentationOffload"/>.</summary>
    public bool ReceivesSegments => _socket.ReceivesTrains;
}
