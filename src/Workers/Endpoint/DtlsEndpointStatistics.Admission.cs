namespace FifoDtls;

public sealed partial record DtlsEndpointStatistics
{
    /// <summary>What the limits for sources that are no peers yet have done.</summary>
    public DtlsAdmissionStatistics Admission { get; init; }
}
