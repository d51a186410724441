namespace FifoDtls.Stress;

/// <summary>What the proxy has done, both directions together. The proxy's thread writes; others may read what is not quite up to date.</summary>
internal sealed class ProxyCounters
{
    public long Forwarded { get; set; }

    public long Dropped { get; set; }

    public long Duplicated { get; set; }

    public long Reordered { get; set; }

    public long Delayed { get; set; }

    public long Corrupted { get; set; }

    public long Truncated { get; set; }

    public long InjectedRecords { get; set; }

    public long InjectedClientHellos { get; set; }

    public long Replayed { get; set; }

    /// <summary>From or to a peer that plays dead.</summary>
    public long Muted { get; set; }

    /// <summary>What the system refused: mostly the port is closed, because a new address took its place.</summary>
    public long SocketErrors { get; set; }
}
