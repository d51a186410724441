using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Shaping;

/// <summary>
/// Keeps the packets of a node within a rate for each peer and one for all together. One thread, <c>vpn-shaper</c>, sends what had to wait; who brings a packet
/// never waits. A node without any rate needs no shaper. Rates count packet bytes, without what the tunnel adds.
/// </summary>
/// <remarks>
/// The lock is held for the copy of one packet and the choice of the next, never while a sender runs. A sender that throws loses its own packet only; one that
/// blocks holds up the shaped packets of all peers, since there is one thread, so it must not.
/// </remarks>
internal sealed class PacketShaper : IDisposable
{
    /// <summary>The time that the rate may be ahead: the bursts between two wake-ups of a busy system.</summary>
    private const int BurstsPerSecond = 20;
    private const long MinimumBurst = 16 * 1024;
    private const int QueuesPerSecond = 5; // 200 ms
    private const long MaximumRate = 1_000_000_000_000; // 8 Tbit/s; the bursts of anything below fit a bucket

    private readonly object _gate = new(); // a monitor, not a Lock: Wait and Pulse are needed
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly long _globalRate;
    private readonly ShapingSchedule _schedule;
    private Thread? _thread;
    private long _wakeAt = long.MinValue; // of the thread while it waits; the past while it runs
    private bool _disposed;

    /// <param name="globalBytesPerSecond">For all peers together: 1 to 10^12; null: no limit.</param>
    /// <param name="clock">Its timestamps are used; null: the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is out of range.</exception>
    public PacketShaper(long? globalBytesPerSecond, ILogger logger, TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        _logger = logger;
        _globalRate = globalBytesPerSecond ?? long.MaxValue;
        _schedule = new ShapingSchedule(Bucket(globalBytesPerSecond));
    }

    /// <summary>How long <see cref="Dispose"/> waits for the thread, which only a blocked sender can hold.</summary>
    public TimeSpan JoinLimit { get; init; } = TimeSpan.FromSeconds(5);

    private long Now => _clock.GetTimestamp();

    /// <summary>A way for one peer, until it is disposed.</summary>
    /// <param name="bytesPerSecond">The peer's own rate: 1 to 10^12; null: only the global one.</param>
    /// <param name="sender">Called on the shaper's thread, one call at a time, with no lock held; it must not block.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is out of range.</exception>
    public ShapedQueue CreateQueue(long? bytesPerSecond, PacketSender sender)
    {
        long rate = Math.Min(bytesPerSecond ?? long.MaxValue, _globalRate);
        long capacity = rate == long.MaxValue ? 0 : rate / QueuesPerSecond;
        return new ShapedQueue(
            this, Bucket(bytesPerSecond), (int)Math.Clamp(capacity, ShapedQueue.MinimumCapacity, ShapedQueue.MaximumCapacity), sender);
    }

    /// <summary>Starts the thread; what was queued before goes then.</summary>
    /// <exception cref="InvalidOperationException">Already started.</exception>
    public void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_thread is not null)
            {
                throw new InvalidOperationException("The shaper was started before.");
            }

            _thread = new Thread(Run) { IsBackground = true, Name = "vpn-shaper" };
            _thread.Start();
        }
    }

    /// <summary>Ends the thread within <see cref="JoinLimit"/>. What waits is dropped; queues take nothing more.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            thread = _thread;
            Monitor.PulseAll(_gate);
        }

        // A sender may be what disposes: its thread ends by itself when it comes back.
        if (thread is not null && thread != Thread.CurrentThread && !thread.Join(JoinLimit))
        {
            ShapingLogger.ThreadStillRunning(_logger, JoinLimit.TotalSeconds);
        }
    }

    /// <summary>Sends all that may go now on the caller's thread, which takes the place of the shaper's thread.</summary>
    /// <returns>When there may be something to send again; <see cref="long.MaxValue"/>: not before a packet comes.</returns>
    internal long SendDue(byte[] packet)
    {
        while (true)
        {
            ShapedQueue? queue;
            int length;
            lock (_gate)
            {
                long due = long.MaxValue;
                if (_disposed || !_schedule.TryTake(packet, Now, out queue, out length, out due))
                {
                    return due;
                }

                queue.BeginSend();
            }

            Send(queue, packet.AsSpan(0, length));
        }
    }

    internal bool TryPass(ShapedQueue queue, int bytes)
    {
        lock (_gate)
        {
            return !_disposed && !queue.IsDisposed && !queue.IsSending && _schedule.TryPass(queue, bytes, Now);
        }
    }

    internal bool Enqueue(ShapedQueue queue, ReadOnlySpan<byte> packet)
    {
        lock (_gate)
        {
            if (_disposed || queue.IsDisposed || !queue.Ring.TryAdd(packet))
            {
                return false;
            }

            if (queue.State == ShapedQueueState.Idle && _schedule.Activate(queue, Now) < _wakeAt)
            {
                _wakeAt = long.MinValue;
                Monitor.Pulse(_gate);
            }

            return true;
        }
    }

    internal int Clear(ShapedQueue queue, bool dispose)
    {
        lock (_gate)
        {
            queue.IsDisposed |= dispose;
            int packets = queue.Ring.Packets;
            queue.Ring.Clear();
            _schedule.Remove(queue);
            return packets;
        }
    }

    internal int QueuedBytes(ShapedQueue queue)
    {
        lock (_gate)
        {
            return queue.Ring.Bytes;
        }
    }

    private TokenBucket? Bucket(long? bytesPerSecond)
    {
        if (bytesPerSecond is not { } rate)
        {
            return null;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(rate, 1, nameof(bytesPerSecond));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rate, MaximumRate, nameof(bytesPerSecond));
        long burst = Math.Min(Math.Max(rate / BurstsPerSecond, MinimumBurst), long.MaxValue / _clock.TimestampFrequency);
        return new TokenBucket(rate, burst, Now, _clock.TimestampFrequency);
    }

    private void Run()
    {
        byte[] packet = new byte[ShapedQueue.MaxPacketLength];
        while (AwaitNext(packet, out ShapedQueue? queue, out int length))
        {
            Send(queue, packet.AsSpan(0, length));
        }
    }

    private bool AwaitNext(byte[] packet, [NotNullWhen(true)] out ShapedQueue? queue, out int length)
    {
        lock (_gate)
        {
            while (!_disposed)
            {
                if (_schedule.TryTake(packet, Now, out queue, out length, out long due))
                {
                    queue.BeginSend();
                    return true;
                }

                Wait(due);
            }
        }

        queue = null;
        length = 0;
        return false;
    }

    /// <summary>Gives the lock up until then, or until something is to be done before.</summary>
    private void Wait(long due)
    {
        _wakeAt = due;
        if (due == long.MaxValue)
        {
            Monitor.Wait(_gate);
        }
        else
        {
            // Whole milliseconds, rounded up: the burst makes up for what comes late.
            double milliseconds = Math.Ceiling(_clock.GetElapsedTime(Now, due).TotalMilliseconds);
            Monitor.Wait(_gate, (int)Math.Clamp(milliseconds, 0, int.MaxValue));
        }

        _wakeAt = long.MinValue;
    }

    private void Send(ShapedQueue queue, ReadOnlySpan<byte> packet)
    {
        if (queue.Send(packet) is { } exception && queue.SendFailures == 1)
        {
            ShapingLogger.SendFailed(_logger, exception);
        }
    }
}
