namespace FifoVpn.Devices;

/// <summary>
/// A device in memory, with the program itself as the host: what <see cref="Inject"/> puts in is read by the node, what the node writes is
/// taken with <see cref="Take"/>. Both queues are bounded and allocate nothing per packet.
/// </summary>
internal sealed class MemoryPacketDevice : IPacketDevice
{
    public const int DefaultCapacity = 256;

    private readonly PacketQueue _toNode;
    private readonly PacketQueue _toHost;
    private long _dropped;

    /// <param name="capacity">Packets that each direction holds.</param>
    public MemoryPacketDevice(string name, int mtu, int capacity = DefaultCapacity)
    {
        Name = name;
        Mtu = mtu;
        _toNode = new PacketQueue(capacity, mtu);
        _toHost = new PacketQueue(capacity, mtu);
    }

    public string Name { get; }

    public int Mtu { get; }

    /// <summary>
    /// Packets from the node that were lost because the host side took none in time, or they were longer than the MTU, or came after
    /// Dispose.
    /// </summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <inheritdoc/>
    public DeviceOffloads Offloads => DeviceOffloads.None;

    /// <inheritdoc/>
    public int ReadBufferSize => Mtu;

    /// <inheritdoc/>
    public bool Wait() => _toNode.WaitForPacket();

    /// <inheritdoc/>
    public bool TryRead(Span<byte> buffer, out DevicePacket packet)
    {
        CheckBuffer(buffer);
        bool taken = _toNode.Take(buffer, TimeSpan.Zero, out int length) == PacketQueueResult.Done;
        packet = new DevicePacket(length);
        return taken;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> packet)
    {
        if (packet.Length > Mtu || _toHost.Put(packet, TimeSpan.Zero) != PacketQueueResult.Done)
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <inheritdoc/>
    public void WriteMany(Span<byte> packets, ReadOnlySpan<int> lengths)
    {
        foreach (int length in lengths)
        {
            Write(packets[..length]);
            packets = packets[length..];
        }
    }

    /// <summary>Host side: sends a packet into the tunnel, waiting for room at most that long.</summary>
    /// <exception cref="ArgumentException">The packet is empty or longer than the MTU.</exception>
    public PacketQueueResult Inject(ReadOnlySpan<byte> packet, TimeSpan timeout)
    {
        if (packet.IsEmpty || packet.Length > Mtu)
        {
            throw new ArgumentException($"The packet has {packet.Length} bytes; 1 to {Mtu} fit.", nameof(packet));
        }

        return _toNode.Put(packet, timeout);
    }

    /// <summary>Host side: takes the next packet out of the tunnel, waiting at most that long.</summary>
    /// <exception cref="ArgumentException">The buffer is shorter than the MTU.</exception>
    public PacketQueueResult Take(Span<byte> packet, TimeSpan timeout, out int length)
    {
        CheckBuffer(packet);
        return _toHost.Take(packet, timeout, out length);
    }

    /// <summary>Ends the blocked calls of both sides. The host can still take what the node wrote before.</summary>
    public void Dispose()
    {
        _toNode.Close(discard: true);
        _toHost.Close(discard: false);
    }

    private void CheckBuffer(Span<byte> packet)
    {
        if (packet.Length < Mtu)
        {
            throw new ArgumentException($"The buffer has {packet.Length} bytes, the MTU is {Mtu}.", nameof(packet));
        }
    }
}
