namespace FifoVpn.Shaping;

/// <summary>
/// One peer's way through a <see cref="PacketShaper"/>: packets that may not go yet wait here, in their order. Any thread may call any method, and none waits.
/// The caller asks <see cref="TryPass"/> first and sends by itself if it may; else it calls <see cref="Enqueue"/>.
/// </summary>
internal sealed class ShapedQueue : IDisposable
{
    /// <summary>The length that IP packets can have.</summary>
    public const int MaxPacketLength = ushort.MaxValue;

    /// <summary>The least that a queue holds, in bytes: however slow the peer, the burst of a TCP sender has room.</summary>
    public const int MinimumCapacity = 64 * 1024;

    /// <summary>The most that a queue holds, in bytes: it bounds the memory of very fast peers.</summary>
    public const int MaximumCapacity = 16 * 1024 * 1024;

    private readonly PacketShaper _shaper;
    private volatile bool _sending;
    private long _failures;

    internal ShapedQueue(PacketShaper shaper, TokenBucket? bucket, int capacity, PacketSender sender)
    {
        _shaper = shaper;
        Bucket = bucket;
        Sender = sender;
        Ring = new PacketRing(capacity);
        Node = new LinkedListNode<ShapedQueue>(this);
    }

    /// <summary>What waits, in bytes.</summary>
    public int QueuedBytes => _shaper.QueuedBytes(this);

    /// <summary>What waits at most, in bytes: 200 ms at the lower of the peer's and the global rate, within the two limits above.</summary>
    public int CapacityBytes => Ring.Capacity;

    /// <summary>Packets whose sender threw; they are lost.</summary>
    public long SendFailures => Interlocked.Read(ref _failures);

    /// <summary>The peer's own rate, or null. Guarded by the shaper's lock, as are all members below.</summary>
    internal TokenBucket? Bucket { get; }

    internal PacketSender Sender { get; }

    internal PacketRing Ring { get; }

    internal LinkedListNode<ShapedQueue> Node { get; }

    internal ShapedQueueState State { get; set; }

    /// <summary>The bytes that it may still send in its turn (deficit round robin).</summary>
    internal int Deficit { get; set; }

    internal bool InTurn { get; set; }

    internal bool IsDisposed { get; set; }

    /// <summary>True while the shaper's thread is inside the sender: what comes now must not overtake.</summary>
    internal bool IsSending => _sending;

    /// <summary>
    /// True if a packet of so many bytes may be sent right now on the caller's thread: the tokens are taken, and nothing waits that came before it. False:
    /// <see cref="Enqueue"/> it.
    /// </summary>
    public bool TryPass(int bytes) => _shaper.TryPass(this, bytes);

    /// <summary>
    /// Copies the packet to the end of the queue, to be sent by the shaper's thread. False when the queue is full or disposed, or the shaper is: the packet is
    /// dropped, and the caller counts it.
    /// </summary>
    /// <exception cref="ArgumentException">The packet is empty or longer than <see cref="MaxPacketLength"/>.</exception>
    public bool Enqueue(ReadOnlySpan<byte> packet)
    {
        if (packet.IsEmpty || packet.Length > MaxPacketLength)
        {
            throw new ArgumentException($"A packet has 1 to {MaxPacketLength} bytes, not {packet.Length}.", nameof(packet));
        }

        return _shaper.Enqueue(this, packet);
    }

    /// <summary>Drops what waits, for a peer whose association ended; the queue can be used again. One packet may be with the sender yet.</summary>
    /// <returns>The packets dropped.</returns>
    public int Clear() => _shaper.Clear(this, dispose: false);

    /// <summary>Drops what waits and takes nothing more. One packet may be with the sender yet.</summary>
    public void Dispose() => _shaper.Clear(this, dispose: true);

    /// <summary>Marks that the shaper's thread has taken a packet out; under the shaper's lock.</summary>
    internal void BeginSend() => _sending = true;

    /// <summary>Runs the sender, on the shaper's thread and without its lock. Returns what it threw, or null.</summary>
    internal Exception? Send(ReadOnlySpan<byte> packet)
    {
        try
        {
            Sender(packet);
            return null;
        }
        catch (Exception exception)
        {
            Interlocked.Increment(ref _failures);
            return exception;
        }
        finally
        {
            _sending = false;
        }
    }
}
