using System.Buffers.Binary;
using System.Diagnostics;
using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary>
/// Sends at a given rate, in turn for every peer, whether echoes come or not; a thread for each peer waits for its echoes and takes their times. A datagram's time runs from its own sending, so
/// a burst's last one is not charged with what the pacing itself was late.
/// </summary>
internal sealed class RoundTripLoad : IDisposable
{
    private const int MaxTimes = 1 << 22;
    private const long Stop = -1;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private readonly EchoFleet _fleet;
    private readonly byte[] _payload;
    private readonly BlockingThread[] _threads;
    private readonly long[] _times;
    private long _measuredFrom = long.MaxValue;
    private int _count;
    private int _next;

    internal RoundTripLoad(EchoFleet fleet, int size, int expected)
    {
        _fleet = fleet;
        _payload = new byte[Math.Max(size, sizeof(long))];
        _times = new long[Math.Min(expected, MaxTimes)];
        _threads = [.. fleet.Peers.Select((peer, i) => BlockingThread.Start($"echoes of {i}", () => Receive(peer)))];
    }

    /// <summary>Datagrams that were sent while times were taken.</summary>
    internal int Sent { get; private set; }

    /// <summary>The times, in ascending order; the load has ended.</summary>
    internal ReadOnlySpan<long> Times
    {
        get
        {
            Span<long> times = _times.AsSpan(0, Math.Min(_count, _times.Length));
            times.Sort();
            return times;
        }
    }

    /// <summary>Sends for a while.</summary>
    /// <param name="rate">Datagrams a second, of all peers together.</param>
    /// <param name="time">How long.</param>
    /// <param name="measured">Whether times are taken.</param>
    /// <param name="interrupted">Ends it early.</param>
    internal void Send(int rate, TimeSpan time, bool measured, CancellationToken interrupted)
    {
        long start = Stopwatch.GetTimestamp();
        Volatile.Write(ref _measuredFrom, measured ? start : long.MaxValue);
        int sent = 0;
        for (TimeSpan elapsed = TimeSpan.Zero; elapsed < time; elapsed = Stopwatch.GetElapsedTime(start))
        {
            for (int due = (int)(elapsed.TotalSeconds * rate); sent < due; sent++)
            {
                Send(Stopwatch.GetTimestamp());
            }

            BenchRun.Pass(TimeSpan.FromMilliseconds(1), interrupted);
        }

        Sent += measured ? sent : 0;
    }

    /// <summary>Ends the threads by a last datagram to each, which is repeated if it was lost.</summary>
    public void Dispose()
    {
        long start = Stopwatch.GetTimestamp();
        BinaryPrimitives.WriteInt64LittleEndian(_payload, Stop);
        while (Stopwatch.GetElapsedTime(start) < EndLimit && _threads.Any(thread => thread.IsAlive))
        {
            for (int i = 0; i < _threads.Length; i++)
            {
                if (_threads[i].IsAlive)
                {
                    _fleet.Peers[i].Send(_payload);
                }
            }

            _ = _threads.All(thread => thread.TryJoin(TimeSpan.FromMilliseconds(200)));
        }

        BlockingThread.JoinAll(TimeSpan.Zero, _threads);
    }

    private void Send(long now)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_payload, now);
        _fleet.Peers[_next].Send(_payload);
        _next = (_next + 1) % _fleet.Peers.Count;
    }

    private void Receive(IEchoPeer peer)
    {
        Span<byte> buffer = stackalloc byte[2_048];
        while (true)
        {
            _ = peer.Receive(buffer, Timeout.InfiniteTimeSpan);
            long sent = BinaryPrimitives.ReadInt64LittleEndian(buffer);
            if (sent == Stop)
            {
                return;
            }

            if (sent >= Volatile.Read(ref _measuredFrom) && Interlocked.Increment(ref _count) - 1 is int index && index < _times.Length)
            {
                _times[index] = Stopwatch.GetTimestamp() - sent;
            }
        }
    }
}
