using System.Diagnostics;

namespace FifoDtls.Stress;

/// <summary>A thread that sends for many peers, each at its rate, while their own threads receive.</summary>
internal sealed class SoakPacer
{
    private readonly PriorityQueue<SoakPeer, long> _due = new();
    private readonly long _interval;
    private readonly CancellationToken _stop;
    private readonly Thread _thread;

    internal SoakPacer(IEnumerable<SoakPeer> peers, double rate, int seed, CancellationToken stop)
    {
        _interval = (long)(Stopwatch.Frequency / rate);
        _stop = stop;
        Random phase = new(seed);
        long now = Stopwatch.GetTimestamp();
        foreach (SoakPeer peer in peers)
        {
            _due.Enqueue(peer, now + (long)(phase.NextDouble() * _interval));
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "pacer" };
    }

    internal void Start() => _thread.Start();

    internal bool Join(TimeSpan limit) => _thread.Join(limit);

    private void Run()
    {
        while (!_stop.IsCancellationRequested && _due.TryPeek(out SoakPeer? peer, out long due))
        {
            long now = Stopwatch.GetTimestamp();
            if (due > now)
            {
                _stop.WaitHandle.WaitOne((int)Math.Min(1_000, ((due - now) * 1_000 / Stopwatch.Frequency) + 1));
                continue;
            }

            peer.SendNext();
            // Who is more than a second behind, on a machine that is too slow for the rate, does not catch up by a burst.
            _due.DequeueEnqueue(peer, Math.Max(due + _interval, now - Stopwatch.Frequency));
        }
    }
}
