namespace FifoDtls.Stress;

/// <summary>The summary of a flood, as it is printed.</summary>
/// <param name="Newcomers">Handshakes during the flood; there may be failed ones.</param>
internal sealed record FloodReport(
    bool Ok, IReadOnlyList<string> Problems, int Seed, double Seconds, FloodCounters Flood, FloodClientsReport Clients, HandshakeReport Newcomers, int MostPeers, int MostHandshakes,
    SoakServerReport Server, ResourceReport Resources);
