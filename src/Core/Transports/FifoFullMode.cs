namespace FifoDtls;

/// <summary>What <see cref="FifoTransport.Push"/> does when the FIFO is full.</summary>
public enum FifoFullMode
{
    /// <summary>Drops the datagram that is being pushed, counts it and returns at once. What a socket's reader thread needs.</summary>
    DropNewest,

    /// <summary>Waits until there is room. For lossless pipes in one process; never for a thread that serves several peers.</summary>
    Block,
}
