namespace FifoVpn.Status;

/// <summary>What a rendezvous server was asked, and how that ended; all only grow.</summary>
/// <param name="Registrations">Registrations answered, repetitions included.</param>
/// <param name="Questions">Questions where another node is.</param>
/// <param name="Introductions">Those of them that were answered by an introduction.</param>
/// <param name="Drops">Requests and messages that were not served, by reason.</param>
internal sealed record ServerRequestStatus(long Registrations, long Questions, long Introductions, IReadOnlyDictionary<string, long> Drops);
