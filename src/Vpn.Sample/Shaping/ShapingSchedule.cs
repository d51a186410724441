using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace FifoVpn.Shaping;

/// <summary>
/// Which packet goes next, and when: no thread and no clock, only the rules. Queues that wait for their own rate stand apart, by time; the others take turns by
/// deficit round robin (Shreedhar and Varghese, 1996), so that peers who share the global rate get the same number of bytes, whatever their packets' sizes.
/// Guarded by the shaper's lock.
/// </summary>
internal sealed class ShapingSchedule
{
    /// <summary>The bytes that a turn gives. No two peers with enough to send differ by more than this and one packet.</summary>
    public const int Quantum = 1500;

    private readonly TokenBucket? _global;
    private readonly LinkedList<ShapedQueue> _ready = [];
    private readonly PriorityQueue<ShapedQueue, long> _waiting = new();

    public ShapingSchedule(TokenBucket? global) => _global = global;

    /// <summary>Takes the tokens of both rates for a packet that needs not wait; never while others wait for the global rate.</summary>
    public bool TryPass(ShapedQueue queue, int bytes, long now)
    {
        if (queue.State != ShapedQueueState.Idle || (_global is not null && _ready.Count > 0))
        {
            return false;
        }

        if ((queue.Bucket?.DelayOf(bytes, now) ?? 0) > 0 || (_global?.DelayOf(bytes, now) ?? 0) > 0)
        {
            return false;
        }

        Charge(queue, bytes, now);
        return true;
    }

    /// <summary>Takes up a queue that has got its first packet, and returns when there may be something to do: the time now, or later.</summary>
    public long Activate(ShapedQueue queue, long now)
    {
        Debug.Assert(queue.State == ShapedQueueState.Idle && queue.Ring.Packets > 0, "Just filled.");
        long delay = queue.Bucket?.DelayOf(queue.Ring.FirstLength(), now) ?? 0;
        if (delay > 0)
        {
            Delay(queue, now + delay);
        }
        else
        {
            Ready(queue);
        }

        return now + delay;
    }

    /// <summary>Takes out a queue that was cleared.</summary>
    public void Remove(ShapedQueue queue)
    {
        if (queue.State == ShapedQueueState.Ready)
        {
            _ready.Remove(queue.Node);
        }
        else if (queue.State == ShapedQueueState.Waiting)
        {
            _waiting.Remove(queue, out _, out _);
        }

        queue.State = ShapedQueueState.Idle;
        EndTurn(queue, keepDeficit: false);
    }

    /// <summary>Takes the packet that may go now, with its tokens, out of its queue.</summary>
    /// <param name="due">When false: when to ask again if nothing comes before; <see cref="long.MaxValue"/>: never.</param>
    public bool TryTake(Span<byte> packet, long now, [NotNullWhen(true)] out ShapedQueue? queue, out int length, out long due)
    {
        WakeWaiting(now);
        while (_ready.First is { } node)
        {
            queue = node.Value;
            length = queue.Ring.FirstLength();
            long own = queue.Bucket?.DelayOf(length, now) ?? 0;
            if (own > 0)
            {
                _ready.Remove(node);
                EndTurn(queue, keepDeficit: false);
                Delay(queue, now + own);
                continue;
            }

            if (!HasDeficit(queue, length))
            {
                _ready.Remove(node);
                EndTurn(queue, keepDeficit: true);
                _ready.AddLast(node);
                continue;
            }

            long global = _global?.DelayOf(length, now) ?? 0;
            if (global > 0)
            {
                // Nobody may overtake it by a smaller packet, or its turn would never come.
                due = now + global;
                return false;
            }

            Charge(queue, length, now);
            queue.Deficit -= length;
            queue.Ring.Take(packet);
            if (queue.Ring.Packets == 0)
            {
                Remove(queue);
            }

            due = now;
            return true;
        }

        queue = null;
        length = 0;
        due = _waiting.TryPeek(out _, out long first) ? first : long.MaxValue;
        return false;
    }

    private static bool HasDeficit(ShapedQueue queue, int length)
    {
        if (!queue.InTurn)
        {
            queue.InTurn = true;
            queue.Deficit += Quantum;
        }

        return queue.Deficit >= length;
    }

    /// <summary>What was not used counts on only for those who had more to send.</summary>
    private static void EndTurn(ShapedQueue queue, bool keepDeficit)
    {
        queue.InTurn = false;
        queue.Deficit = keepDeficit ? queue.Deficit : 0;
    }

    private void WakeWaiting(long now)
    {
        while (_waiting.TryPeek(out ShapedQueue? queue, out long due) && due <= now)
        {
            _waiting.Dequeue();
            Ready(queue);
        }
    }

    private void Ready(ShapedQueue queue)
    {
        queue.State = ShapedQueueState.Ready;
        _ready.AddLast(queue.Node);
    }

    private void Delay(ShapedQueue queue, long due)
    {
        queue.State = ShapedQueueState.Waiting;
        _waiting.Enqueue(queue, due);
    }

    private void Charge(ShapedQueue queue, int bytes, long now)
    {
        bool own = queue.Bucket?.TryTake(bytes, now, out _) ?? true;
        bool global = _global?.TryTake(bytes, now, out _) ?? true;
        Debug.Assert(own && global, "Asked for under the same lock, at the same time.");
    }
}
