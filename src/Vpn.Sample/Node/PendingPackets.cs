namespace FifoVpn.Node;

/// <summary>The first packets for a peer that is not connected yet, bounded in number and bytes; the newest are refused when it is full. Not thread-safe: its owner locks.</summary>
internal sealed class PendingPackets
{
    public const int MaxPackets = 64;
    public const int MaxBytes = 64 << 10;

    private readonly Queue<byte[]> _packets = new();
    private int _bytes;

    public int Count => _packets.Count;

    public bool TryAdd(ReadOnlySpan<byte> packet)
    {
        if (_packets.Count >= MaxPackets || _bytes + packet.Length > MaxBytes)
        {
            return false;
        }

        _packets.Enqueue(packet.ToArray());
        _bytes += packet.Length;
        return true;
    }

    public bool TryTake(out byte[] packet)
    {
        if (!_packets.TryDequeue(out packet!))
        {
            return false;
        }

        _bytes -= packet.Length;
        return true;
    }

    /// <summary>Forgets them all.</summary>
    /// <returns>How many there were.</returns>
    public int Clear()
    {
        int count = _packets.Count;
        _packets.Clear();
        _bytes = 0;
        return count;
    }
}
