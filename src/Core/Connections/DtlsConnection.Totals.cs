namespace FifoDtls;

public sealed unsafe partial class DtlsConnection
{
    /// <summary>Counts into an owner's totals too. To be called before the handshake.</summary>
    internal void CountInto(DtlsConnectionTotals totals) => _bio.Counters.Totals = totals;
}
