namespace FifoDtls.Stress;

/// <summary>The summary of a soak, as it is printed.</summary>
internal sealed record SoakReport
{
    /// <summary>Whether nothing happened that must not.</summary>
    public required bool Ok { get; init; }

    /// <summary>What must not have happened, in words; empty if all is well.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    public required int Seed { get; init; }

    /// <summary>The same for the same seed and settings.</summary>
    public required string Schedule { get; init; }

    public required int Peers { get; init; }

    public required int Processes { get; init; }

    public required bool Offload { get; init; }

    public required double Seconds { get; init; }

    public required HandshakeReport Handshakes { get; init; }

    public required PayloadReport Payloads { get; init; }

    public required RoundTripReport RoundTripMilliseconds { get; init; }

    /// <summary>How established associations ended on the client's side.</summary>
    public required SortedDictionary<string, long> Ends { get; init; }

    public required long ReceivesCancelled { get; init; }

    public required int HungPeers { get; init; }

    public required ProxyCounters Proxy { get; init; }

    public required DtlsEndpointStatistics Client { get; init; }

    public required SoakServerReport Server { get; init; }

    /// <summary>Of the clients' process, which is the server's too unless that had one of its own.</summary>
    public required ResourceReport Resources { get; init; }
}
