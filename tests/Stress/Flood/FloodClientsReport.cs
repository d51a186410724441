namespace FifoDtls.Stress;

/// <summary>The real clients during a flood.</summary>
/// <param name="Lost">Not come back within a second.</param>
internal sealed record FloodClientsReport(int Clients, long Sent, long Received, long Lost, long Errors, long CrossDeliveries, double LongestSilenceSeconds, RoundTripReport RoundTripMilliseconds);
