namespace FifoDtls;

/// <summary>An endpoint's counters. Each is changed by <see cref="Interlocked"/> alone.</summary>
internal sealed partial class EndpointCounters
{
    internal long DatagramsReceived;
    internal long BytesReceived;
    internal long DatagramsSent;
    internal long BytesSent;
    internal long UnknownSources;
    internal long MalformedHellos;
    internal long HelloVerifyRequests;
    internal long InvalidCookies;
    internal long RefusedPeersFull;
    internal long RefusedHandshakesFull;
    internal long CrossedHellos;
    internal long FifoDrops;
    internal long Accepted;
    internal long Connected;
    internal long HandshakesFailed;
    internal int HandshakesInProgress;

    internal static void Count(ref long counter) => Interlocked.Increment(ref counter);
}
