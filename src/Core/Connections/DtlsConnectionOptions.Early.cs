namespace FifoDtls;

public sealed partial class DtlsConnectionOptions
{
    /// <summary>How many payloads <see cref="DtlsConnection.TrySend"/> keeps until the handshake is done. 0 to 65,536. Default: 64.</summary>
    public int MaxQueuedPayloads { get; init; } = 64;

    /// <summary>How many bytes of payload it keeps. 0 to 16,777,216. Default: 65,536.</summary>
    public int MaxQueuedBytes { get; init; } = 65_536;

    /// <summary>A queue that outlives the connection: that of a peer.</summary>
    internal EarlyPayloads? Early { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">One is out of its range.</exception>
    internal static EarlyPayloads CreateEarly(int maxQueuedPayloads, int maxQueuedBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxQueuedPayloads, nameof(MaxQueuedPayloads));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxQueuedPayloads, 65_536, nameof(MaxQueuedPayloads));
        ArgumentOutOfRangeException.ThrowIfNegative(maxQueuedBytes, nameof(MaxQueuedBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxQueuedBytes, 16 << 20, nameof(MaxQueuedBytes));
        return new EarlyPayloads(maxQueuedPayloads, maxQueuedBytes);
    }
}
