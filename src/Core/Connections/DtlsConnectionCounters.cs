namespace FifoDtls;

/// <summary>The counters of one connection; written under its lock.</summary>
internal sealed class DtlsConnectionCounters
{
    internal long DatagramsReceived;
    internal long DatagramsSent;
    internal long DatagramsInvalid;
    internal long Retransmissions;
    internal long PayloadsReceived;
    internal long PayloadsSent;
    internal long PayloadBytesReceived;
    internal long PayloadBytesSent;

    /// <summary>Where the owner of many connections counts, if there is one.</summary>
    internal DtlsConnectionTotals? Totals;

    internal void CountInvalid()
    {
        DatagramsInvalid++;
        if (Totals is { } totals)
        {
            Interlocked.Increment(ref totals.DatagramsInvalid);
        }
    }

    internal void CountRetransmission()
    {
        Retransmissions++;
        if (Totals is { } totals)
        {
            Interlocked.Increment(ref totals.Retransmissions);
        }
    }
}
