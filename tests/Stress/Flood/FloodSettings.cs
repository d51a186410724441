namespace FifoDtls.Stress;

/// <summary>What the command line of <c>flood</c> says.</summary>
/// <param name="Rate">Worthless datagrams a second: ClientHellos, garbage and oversized ones.</param>
/// <param name="HalfOpen">Handshakes a second that get as far as the server's flight.</param>
/// <param name="Clients">Real clients.</param>
internal sealed record FloodSettings(int Rate, int HalfOpen, TimeSpan Duration, int Seed, int Clients);
