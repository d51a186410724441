namespace FifoVpn.Rendezvous;

/// <summary>What a node has sent through the relay. Counted on the node's own thread, read by any.</summary>
internal sealed class RelayCounters
{
    private long _datagrams;
    private long _bytes;
    private long _drops;

    public long Datagrams => Interlocked.Read(ref _datagrams);

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Datagrams that went nowhere, for whatever reason.</summary>
    public long Drops => Interlocked.Read(ref _drops);

    public void CountRelayed(int bytes)
    {
        Interlocked.Increment(ref _datagrams);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void CountDrop() => Interlocked.Increment(ref _drops);
}
