namespace FifoVpn.Devices;

/// <summary>How a wait on a packet queue ended.</summary>
internal enum PacketQueueResult
{
    /// <summary>The packet was put or taken.</summary>
    Done,

    /// <summary>There was no room, or no packet, in time.</summary>
    Timeout,

    /// <summary>The device was disposed, and there is nothing left to take.</summary>
    Closed,
}
