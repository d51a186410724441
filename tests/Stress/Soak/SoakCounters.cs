using System.Collections.Concurrent;

namespace FifoDtls.Stress;

/// <summary>What the clients of a soak count. Any thread adds, by Interlocked.</summary>
internal sealed class SoakCounters
{
    internal long Established;
    internal long HandshakesGivenUp;
    internal long Sent;
    internal long Received;
    internal long Lost;
    internal long OutstandingAtDeath;
    internal long Duplicated;
    internal long OutOfOrder;
    internal long PayloadErrors;
    internal long CrossDeliveries;
    internal long SendsRefused;
    internal long ReceivesCancelled;
    internal long ServerClosesUnseen;

    internal LatencyHistogram RoundTrips { get; } = new();

    internal ConcurrentDictionary<string, long> HandshakesFailed { get; } = new();

    internal ConcurrentDictionary<string, long> Ends { get; } = new();

    /// <summary>Ends of established associations that neither side decided on, and what else must not happen.</summary>
    internal ConcurrentDictionary<string, long> Violations { get; } = new();

    internal static void Count(ConcurrentDictionary<string, long> counts, string what) => counts.AddOrUpdate(what, 1, static (_, count) => count + 1);
}
