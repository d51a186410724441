namespace FifoDtls;

/// <summary>
/// How the reader thread takes datagrams from the socket: many at a time where the system can do that, else one. It owns the slots that they are received in,
/// which the next call overwrites. For one thread.
/// </summary>
internal abstract class DatagramReceiver
{
    private readonly DatagramBuffer[] _buffers;
    private readonly PathAddress[] _sources;

    /// <param name="socket">The socket, which ends a blocked call when it is disposed.</param>
    /// <param name="slots">How many buffers one call fills at most.</param>
    /// <param name="slotSize">The size of one, in bytes.</param>
    private protected DatagramReceiver(UdpSocket socket, int slots, int slotSize)
    {
        Socket = socket;
        SlotSize = slotSize;
        _buffers = new DatagramBuffer[slots];
        _sources = new PathAddress[slots];
        for (int i = 0; i < slots; i++)
        {
            _buffers[i] = DatagramPool.Shared.Rent(slotSize); // memory that no datagram reaches is never touched, and most batches reach the first slots only
            _sources[i] = new PathAddress(socket.AddressFamily);
        }
    }

    /// <summary>Waits for datagrams. What ICMP or a passing shortage has to say about some peer ends nothing.</summary>
    /// <returns>How many slots have been filled: at least 1, or 0 once the socket is disposed.</returns>
    /// <exception cref="Exception">Of the system: the socket is of no use any more.</exception>
    internal abstract int Receive();

    /// <summary>
    /// What a slot has got in the last call: a datagram, or a train of them. A datagram larger than wanted is cut to one byte more than that, so that whoever knows the limit sees it exceeded.
    /// </summary>
    internal ReadOnlySpan<byte> Datagram(int slot) => _buffers[slot].Datagram;

    /// <summary>The size of the datagrams of a train, of which the last may be shorter; 0: the slot has one datagram.</summary>
    internal int SegmentSize(int slot) => _buffers[slot].SegmentSize;

    /// <summary>Where it came from, and, if the system tells, to which local address.</summary>
    internal PathAddress Source(int slot) => _sources[slot];

    /// <summary>Gives a slot's buffer away, for the caller to own, and puts another one in its place.</summary>
    internal DatagramBuffer TakeBuffer(int slot)
    {
        DatagramBuffer taken = _buffers[slot];
        _buffers[slot] = DatagramPool.Shared.Rent(SlotSize);
        Replaced(slot);
        return taken;
    }

    /// <summary>Gives the slots back when nothing is received any more.</summary>
    internal void Release()
    {
        foreach (DatagramBuffer buffer in _buffers)
        {
            buffer.Release();
        }
    }

    private protected UdpSocket Socket { get; }

    private protected int SlotSize { get; }

    private protected Span<byte> Slot(int slot) => _buffers[slot].Space[..SlotSize];

    private protected void SetLength(int slot, int length, int segmentSize = 0)
    {
        _buffers[slot].Length = length;
        _buffers[slot].SegmentSize = segmentSize;
    }

    /// <summary>A slot has another buffer.</summary>
    private protected virtual void Replaced(int slot)
    {
    }
}
