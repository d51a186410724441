namespace FifoDtls.Stress;

/// <summary>What a generator is for: each purpose has numbers of its own.</summary>
internal static class SeedPurpose
{
    internal const int Plan = 1;
    internal const int Payload = 2;
    internal const int ProxyToServer = 3;
    internal const int ProxyToClient = 4;
    internal const int Flood = 5;
}
