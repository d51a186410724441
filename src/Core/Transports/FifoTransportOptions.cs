namespace FifoDtls;

/// <summary>Limits of a <see cref="FifoTransport"/>.</summary>
public sealed class FifoTransportOptions
{
    /// <summary>How many datagrams the FIFO holds: 1 to 1,048,576. Default: 256.</summary>
    public int Capacity { get; init; } = 256;

    /// <summary>What happens to a datagram that finds the FIFO full. Default: <see cref="FifoFullMode.DropNewest"/>.</summary>
    public FifoFullMode FullMode { get; init; } = FifoFullMode.DropNewest;

    /// <summary>
    /// The largest datagram, in bytes, that is accepted: 1 to 65,535. A larger one is dropped and counted.
    /// Default: 18,445, one record of the largest size that DTLS 1.2 allows (RFC 6347 §4.1, RFC 5246 §6.2.3).
    /// </summary>
    public int MaxReceiveSize { get; init; } = 13 + 16_384 + 2_048;

    /// <summary>The largest datagram, in bytes, that is sent: 1 to 65,535. Default: 1,400, which fits a path of 1,500 bytes with room for tunnels on the way.</summary>
    public int MaxDatagramSize { get; init; } = 1_400;

    /// <summary>Whether the receiver waits on a futex where there are such; for tests of the other way.</summary>
    internal bool UseFutex { get; init; } = true;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Capacity, 1 << 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxReceiveSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxReceiveSize, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDatagramSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxDatagramSize, ushort.MaxValue);
    }
}
