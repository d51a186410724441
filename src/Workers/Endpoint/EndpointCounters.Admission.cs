namespace FifoDtls;

internal sealed partial class EndpointCounters
{
    internal long HelloVerifyRequestsLimited;
    internal long RefusedHandshakeRate;
    internal long HellosReassembled;
    internal long HelloFragmentsDropped;
    internal long OversizedHellos;
    internal long RefusedReassembliesFull;

    internal DtlsAdmissionStatistics ReadAdmission() => new(
        Interlocked.Read(ref HelloVerifyRequestsLimited),
        Interlocked.Read(ref RefusedHandshakeRate),
        Interlocked.Read(ref HellosReassembled),
        Interlocked.Read(ref HelloFragmentsDropped),
        Interlocked.Read(ref OversizedHellos),
        Interlocked.Read(ref RefusedReassembliesFull));
}
