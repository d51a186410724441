namespace FifoVpn.Status;

/// <summary>How waiting for a client's request can end.</summary>
internal enum ReadStatus
{
    /// <summary>A request is there.</summary>
    Done,

    /// <summary>The client, or this side, has closed the connection.</summary>
    Closed,

    /// <summary>No whole request came in time.</summary>
    TimedOut,

    /// <summary>The request is longer than one may be.</summary>
    TooLong,
}
