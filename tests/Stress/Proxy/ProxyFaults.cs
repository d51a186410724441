namespace FifoDtls.Stress;

/// <summary>How often the proxy does what to a datagram, in percent, in each direction.</summary>
internal sealed record ProxyFaults(double Drop, double Duplicate, double Reorder, double Delay, double Corrupt, double Truncate, double Inject);
