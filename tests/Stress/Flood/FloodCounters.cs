namespace FifoDtls.Stress;

/// <summary>What was sent against the server. Each is written by one thread.</summary>
internal sealed class FloodCounters
{
    public long ClientHellos { get; set; }

    public long Garbage { get; set; }

    public long Oversized { get; set; }

    public long HalfOpen { get; set; }

    /// <summary>Handshakes that were to be half open, but no HelloVerifyRequest came in time.</summary>
    public long HalfOpenUnanswered { get; set; }

    /// <summary>Source addresses and ports.</summary>
    public long Sources { get; set; }

    public long SocketErrors { get; set; }
}
