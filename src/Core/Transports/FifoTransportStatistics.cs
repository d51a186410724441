namespace FifoDtls;

/// <summary>
/// Counters of a <see cref="FifoTransport"/> since it was made. When nothing is in motion,
/// <see cref="Accepted"/> = <see cref="Read"/> + <see cref="Queued"/> + <see cref="Discarded"/>.
/// </summary>
/// <param name="Accepted">Datagrams that entered the FIFO.</param>
/// <param name="Read">Datagrams that the receiver took.</param>
/// <param name="Queued">Datagrams that stand in the FIFO now.</param>
/// <param name="Discarded">Datagrams that still stood in the FIFO when it was disposed.</param>
/// <param name="DroppedFull">Datagrams refused because the FIFO was full.</param>
/// <param name="DroppedTooLarge">Datagrams refused because they exceed <see cref="FifoTransportOptions.MaxReceiveSize"/>.</param>
/// <param name="DroppedClosed">Datagrams that came after <see cref="FifoTransport.Complete"/>.</param>
/// <param name="Sent">Datagrams handed to the sender.</param>
public readonly record struct FifoTransportStatistics(
    long Accepted, long Read, long Queued, long Discarded, long DroppedFull, long DroppedTooLarge, long DroppedClosed, long Sent);
