namespace FifoDtls;

public readonly partial record struct DtlsEndpointStatistics
{
    /// <summary>What the limits for sources that are no peers yet have done.</summary>
    public DtlsAdmissionStatistics Admission { get; init; }
}
