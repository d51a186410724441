namespace FifoDtls;

internal sealed partial class EndpointCounters
{
    internal long HelloVerifyRequestsLimited;
    internal long RefusedHandshakeRate;
    internal long HellosReassembled;
    internal long HelloFragmentsDropped;
    internal long OversizedHellos;
    internal long RefusedReassembliesFull;
}
