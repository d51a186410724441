namespace FifoDtls;

/// <summary>What many connections have counted together, those that are gone included: seldom things only, so that no datagram pays for it. Changed by <see cref="Interlocked"/> alone.</summary>
internal sealed class DtlsConnectionTotals
{
    internal long DatagramsInvalid;
    internal long Retransmissions;
}
