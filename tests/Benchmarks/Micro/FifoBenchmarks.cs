using BenchmarkDotNet.Attributes;

namespace FifoDtls.Benchmarks;

/// <summary>What a datagram costs on its way through a FIFO. Per datagram.</summary>
public class FifoBenchmarks
{
    private const int Datagrams = 10_000;

    private readonly byte[] _datagram = new byte[1_200];
    private readonly byte[] _buffer = new byte[2_048];
    private FifoTransport _fifo = null!;

    /// <summary>Makes the FIFO.</summary>
    [GlobalSetup]
    public void SetUp() => _fifo = new FifoTransport(static _ => { });

    /// <summary>Ends it.</summary>
    [GlobalCleanup]
    public void CleanUp() => _fifo.Dispose();

    /// <summary>Pushed and taken by one thread.</summary>
    [Benchmark(OperationsPerInvoke = Datagrams)]
    public void PushAndTake_by_one_thread()
    {
        for (int i = 0; i < Datagrams; i++)
        {
            _fifo.Push(_datagram);
            _ = _fifo.TryReceive(_buffer, out _);
        }
    }

    /// <summary>Pushed by one thread, which waits when the FIFO is full only by trying again, and taken by another that waits as a peer's does.</summary>
    [Benchmark(OperationsPerInvoke = Datagrams)]
    public void PushAndTake_by_two_threads()
    {
        var taker = new Thread(Take) { IsBackground = true };
        taker.Start();
        for (int pushed = 0; pushed < Datagrams;)
        {
            if (_fifo.Push(_datagram))
            {
                pushed++;
            }
            else
            {
                Thread.Yield();
            }
        }

        taker.Join();
    }

    private void Take()
    {
        for (int taken = 0; taken < Datagrams;)
        {
            if (_fifo.TryReceive(_buffer, out _) == DatagramStatus.Ready)
            {
                taken++;
            }
            else
            {
                _ = _fifo.Wait(Timeout.InfiniteTimeSpan);
            }
        }
    }
}
