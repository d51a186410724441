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
}
