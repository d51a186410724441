namespace FifoVpn.Shaping;

/// <summary>Where a queue stands in the schedule.</summary>
internal enum ShapedQueueState
{
    /// <summary>Empty, in no list.</summary>
    Idle,

    /// <summary>Takes its turns; only the global rate may hold it.</summary>
    Ready,

    /// <summary>Waits for tokens of its own rate.</summary>
    Waiting,
}
