namespace FifoDtls;

public sealed partial class DtlsEndpoint
{
    private void CountResumption(DtlsPeer peer)
    {
        if (peer.Negotiated!.WasResumed)
        {
            EndpointCounters.Count(ref peer.Role == DtlsRole.Client ? ref _counters.ClientResumptions : ref _counters.ServerResumptions);
        }
    }
}
