using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary>
/// Keeps a number of datagrams of every peer in flight, from a few threads: each takes an echo of one of its peers, sends another datagram for it, and goes on to the next peer.
/// </summary>
internal sealed class EchoLoad : IDisposable
{
    private static readonly TimeSpan LossLimit = TimeSpan.FromSeconds(1); // after which a datagram counts as lost and another one is sent
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);

    private readonly EchoFleet _fleet;
    private readonly byte[] _payload;
    private readonly int _window;
    private readonly BlockingThread[] _threads;
    private readonly PaddedCounter[] _echoes;
    private volatile bool _stopped;
    private long _lost;

    internal EchoLoad(EchoFleet fleet, int threads, int size, int window)
    {
        _fleet = fleet;
        _payload = new byte[size];
        _window = window;
        threads = Math.Min(threads, fleet.Peers.Count);
        _echoes = new PaddedCounter[threads];
        _threads = [.. Enumerable.Range(0, threads).Select(i => BlockingThread.Start($"echo {i}", () => Run(i, threads)))];
    }

    internal long Echoes
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < _echoes.Length; i++)
            {
                sum += Volatile.Read(ref _echoes[i].Value);
            }

            return sum;
        }
    }

    internal long Lost => Interlocked.Read(ref _lost);

    public void Dispose()
    {
        _stopped = true;
        BlockingThread.JoinAll(EndLimit, _threads);
    }

    private void Run(int number, int threads)
    {
        IEchoPeer[] own = [.. _fleet.Peers.Where((_, i) => i % threads == number)];
        Span<byte> buffer = stackalloc byte[2_048];
        foreach (IEchoPeer peer in own)
        {
            for (int i = 0; i < _window; i++)
            {
                peer.Send(_payload);
            }
        }

        while (true)
        {
            foreach (IEchoPeer peer in own)
            {
                if (_stopped)
                {
                    return;
                }

                if (peer.Receive(buffer, LossLimit) > 0)
                {
                    _echoes[number].Value++;
                }
                else
                {
                    Interlocked.Increment(ref _lost);
                }

                peer.Send(_payload);
            }
        }
    }
}
