namespace FifoDtls;

/// <summary>How long a handshake waits before it repeats a flight: the first time, and at most (RFC 6347 §4.2.4.1).</summary>
internal readonly struct HandshakeTimers(TimeSpan initial, TimeSpan maximum)
{
    /// <summary>In microseconds, as libssl counts.</summary>
    internal uint Initial { get; } = (uint)initial.TotalMicroseconds;

    /// <summary>The wait that follows one of <paramref name="microseconds"/>.</summary>
    internal uint After(uint microseconds) => (uint)Math.Min(2UL * microseconds, (ulong)maximum.TotalMicroseconds);
}
