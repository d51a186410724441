namespace FifoDtls.Stress;

/// <summary>The handshakes of the clients: done, given up as planned (or at the end of the run), and failed, by reason.</summary>
internal sealed record HandshakeReport(long Ok, long GivenUp, long Failed, SortedDictionary<string, long> FailedByReason);
