namespace FifoDtls;

internal sealed partial class EndpointCounters
{
    internal long ClientResumptions;
    internal long ServerResumptions;
}
