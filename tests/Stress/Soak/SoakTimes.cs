namespace FifoDtls.Stress;

/// <summary>How long things may take in a soak.</summary>
internal static class SoakTimes
{
    /// <summary>The deadline of a handshake, of either side.</summary>
    internal static readonly TimeSpan Handshake = TimeSpan.FromSeconds(20);

    /// <summary>How long an endpoint may take to end.</summary>
    internal static readonly TimeSpan Shutdown = TimeSpan.FromSeconds(30);

    /// <summary>How long a peer's thread may take to end after it was asked: longer than any wait in it.</summary>
    internal static readonly TimeSpan Hung = TimeSpan.FromSeconds(60);

    /// <summary>How long a peer that closes waits for what it has sent to come back.</summary>
    internal static readonly TimeSpan Drain = TimeSpan.FromSeconds(2);

    /// <summary>The longest single wait for a payload of a peer that is about to close.</summary>
    internal static readonly TimeSpan Receive = TimeSpan.FromMilliseconds(250);
}
