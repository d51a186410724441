namespace FifoDtls.Stress;

/// <summary>What the server of a soak has counted.</summary>
/// <param name="PayloadsTooLarge">Not sent back, because this side's largest payload is smaller.</param>
/// <param name="PeersAtEnd">Before it was disposed: the dead that had not yet idled out.</param>
/// <param name="Ends">All attempts and associations by how they ended.</param>
/// <param name="Violations">What must not happen.</param>
internal sealed record SoakServerReport(
    long Payloads, long PayloadErrors, long CrossDeliveries, long PayloadsTooLarge, int PeersAtEnd, SortedDictionary<string, long> Ends, SortedDictionary<string, long> Violations,
    DtlsEndpointStatistics Statistics)
{
    /// <summary>Of the server's process, if it had one of its own.</summary>
    public ResourceReport? Resources { get; init; }
}
