namespace FifoVpn.Node;

/// <summary>Packets and bytes both ways, and drops by reason. Thread-safe; exact, each by itself.</summary>
internal sealed class PacketCounters
{
    private readonly long[] _drops = new long[Enum.GetValues<DropReason>().Length];
    private long _packetsSent;
    private long _bytesSent;
    private long _packetsReceived;
    private long _bytesReceived;

    /// <summary>Packets from the device to the peer.</summary>
    public long PacketsSent => Interlocked.Read(ref _packetsSent);

    public long BytesSent => Interlocked.Read(ref _bytesSent);

    /// <summary>Packets from the peer to the device.</summary>
    public long PacketsReceived => Interlocked.Read(ref _packetsReceived);

    public long BytesReceived => Interlocked.Read(ref _bytesReceived);

    public long Drops(DropReason reason) => Interlocked.Read(ref _drops[(int)reason]);

    public long TotalDrops
    {
        get
        {
            long total = 0;
            foreach (DropReason reason in Enum.GetValues<DropReason>())
            {
                total += Drops(reason);
            }

            return total;
        }
    }

    public void CountSent(int bytes) => CountSent(1, bytes);

    public void CountSent(int packets, int bytes)
    {
        Interlocked.Add(ref _packetsSent, packets);
        Interlocked.Add(ref _bytesSent, bytes);
    }

    public void CountReceived(int bytes)
    {
        Interlocked.Increment(ref _packetsReceived);
        Interlocked.Add(ref _bytesReceived, bytes);
    }

    public void CountDrop(DropReason reason, int packets = 1) => Interlocked.Add(ref _drops[(int)reason], packets);

    /// <summary>Adds what another has counted so far.</summary>
    public void Add(PacketCounters other)
    {
        Interlocked.Add(ref _packetsSent, other.PacketsSent);
        Interlocked.Add(ref _bytesSent, other.BytesSent);
        Interlocked.Add(ref _packetsReceived, other.PacketsReceived);
        Interlocked.Add(ref _bytesReceived, other.BytesReceived);
        for (int i = 0; i < _drops.Length; i++)
        {
            Interlocked.Add(ref _drops[i], other.Drops((DropReason)i));
        }
    }

    /// <summary>The drops that happened, as in "NoRoute 3, TooLarge 1"; "none" without any.</summary>
    public string DescribeDrops()
    {
        IEnumerable<string> parts = Enum.GetValues<DropReason>().Where(reason => Drops(reason) > 0).Select(reason => $"{reason} {Drops(reason)}");
        string text = string.Join(", ", parts);
        return text.Length > 0 ? text : "none";
    }
}
