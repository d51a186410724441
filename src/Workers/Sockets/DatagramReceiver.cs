namespace FifoDtls;

/// <summary>
/// How the reader thread takes datagrams from the socket: many at a time where the system can do that, else one. It owns the slots that they are received in,
/// which the next call overwrites. For one thread.
/// </summary>
internal abstract class DatagramReceiver
{
    private readonly int[] _lengths;
    private readonly PathAddress[] _sources;
    private readonly byte[] _buffer;

    /// <param name="socket">The socket, which ends a blocked call when it is disposed.</param>
    /// <param name="slots">How many datagrams one call takes at most.</param>
    /// <param name="maxDatagramSize">The largest datagram that is wanted, in bytes.</param>
    private protected DatagramReceiver(UdpSocket socket, int slots, int maxDatagramSize)
    {
        Socket = socket;
        SlotSize = maxDatagramSize + 1;
        _lengths = new int[slots];
        _sources = new PathAddress[slots];
        for (int i = 0; i < slots; i++)
        {
            _sources[i] = new PathAddress(socket.AddressFamily);
        }

        // Uninitialized, and pinned: memory that no datagram reaches is never touched, and most batches reach the first slots only.
        _buffer = GC.AllocateUninitializedArray<byte>(slots * SlotSize, pinned: true);
    }

    /// <summary>Waits for datagrams. What ICMP or a passing shortage has to say about some peer ends nothing.</summary>
    /// <returns>How many were received: at least 1, or 0 once the socket is disposed.</returns>
    /// <exception cref="Exception">Of the system: the socket is of no use any more.</exception>
    internal abstract int Receive();

    /// <summary>
    /// A datagram of the last call. A datagram larger than wanted is cut to one byte more than that, so that whoever knows the limit sees it exceeded.
    /// </summary>
    internal ReadOnlySpan<byte> Datagram(int slot) => Slot(slot)[.._lengths[slot]];

    /// <summary>Where a datagram of the last call came from, and, if the system tells, to which local address.</summary>
    internal PathAddress Source(int slot) => _sources[slot];

    private protected UdpSocket Socket { get; }

    private protected int SlotCount => _lengths.Length;

    private protected int SlotSize { get; }

    private protected Span<byte> Slot(int slot) => _buffer.AsSpan(slot * SlotSize, SlotSize);

    private protected void SetLength(int slot, int length) => _lengths[slot] = length;
}
