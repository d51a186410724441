using System.Diagnostics;

namespace FifoVpn.Devices;

/// <summary>
/// A bounded queue of packets that copies into slots made once, so that no packet allocates. Any thread may call any method.
/// After Close nothing more goes in.
/// </summary>
internal sealed class PacketQueue
{
    private readonly object _gate = new(); // a monitor, not a Lock: Wait and Pulse are needed
    private readonly byte[][] _slots;
    private readonly int[] _lengths;
    private int _first;
    private int _count;
    private bool _closed;

    public PacketQueue(int capacity, int maxPacketLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxPacketLength);
        _lengths = new int[capacity];
        _slots = new byte[capacity][];
        for (int i = 0; i < capacity; i++)
        {
            _slots[i] = new byte[maxPacketLength];
        }
    }

    /// <summary>Waits for a free slot at most that long (zero: not at all; infinite: until there is one).</summary>
    public PacketQueueResult Put(ReadOnlySpan<byte> packet, TimeSpan timeout)
    {
        lock (_gate)
        {
            PacketQueueResult result = Await(timeout, forSpace: true);
            if (result == PacketQueueResult.Done)
            {
                int slot = (_first + _count) % _slots.Length;
                packet.CopyTo(_slots[slot]);
                _lengths[slot] = packet.Length;
                _count++;
                Monitor.PulseAll(_gate);
            }

            return result;
        }
    }

    /// <summary>Waits for a packet at most that long.</summary>
    public PacketQueueResult Take(Span<byte> packet, TimeSpan timeout, out int length)
    {
        lock (_gate)
        {
            length = 0;
            PacketQueueResult result = Await(timeout, forSpace: false);
            if (result == PacketQueueResult.Done)
            {
                length = _lengths[_first];
                _slots[_first].AsSpan(0, length).CopyTo(packet);
                _first = (_first + 1) % _slots.Length;
                _count--;
                Monitor.PulseAll(_gate);
            }

            return result;
        }
    }

    /// <summary>Waits until there is a packet, which somebody else may take first. False when the queue is closed and empty.</summary>
    public bool WaitForPacket()
    {
        lock (_gate)
        {
            return Await(Timeout.InfiniteTimeSpan, forSpace: false) == PacketQueueResult.Done;
        }
    }

    /// <param name="discard">Throw away what is queued, so that the taker ends at once.</param>
    public void Close(bool discard)
    {
        lock (_gate)
        {
            _closed = true;
            _count = discard ? 0 : _count;
            Monitor.PulseAll(_gate);
        }
    }

    private PacketQueueResult Await(TimeSpan timeout, bool forSpace)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (_closed && (forSpace || _count == 0))
            {
                return PacketQueueResult.Closed;
            }

            if (forSpace ? _count < _slots.Length : _count > 0)
            {
                return PacketQueueResult.Done;
            }

            if (timeout == Timeout.InfiniteTimeSpan)
            {
                Monitor.Wait(_gate);
                continue;
            }

            TimeSpan left = timeout - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                return PacketQueueResult.Timeout;
            }

            // Wait takes whole milliseconds: rounding up keeps the last part of one from being a busy loop.
            Monitor.Wait(_gate, (int)Math.Min(int.MaxValue, Math.Ceiling(left.TotalMilliseconds)));
        }
    }
}
