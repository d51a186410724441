using System.Collections.Concurrent;
using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary>Connected clients of one echo server.</summary>
internal sealed class EchoFleet : IDisposable
{
    private const int ConnectingThreads = 4;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(120);

    private EchoFleet(IEchoPeer[] peers) => Peers = peers;

    internal IReadOnlyList<IEchoPeer> Peers { get; }

    internal static EchoFleet Connect(EchoKind kind, DtlsContext context, IPEndPoint server, int count)
    {
        var peers = new ConcurrentBag<IEchoPeer>();
        int left = count;
        try
        {
            BlockingThread.JoinAll(ConnectLimit, [.. Enumerable.Range(0, Math.Min(count, ConnectingThreads)).Select(i => BlockingThread.Start($"connect {i}", ConnectSome))]);
        }
        catch
        {
            Volatile.Write(ref left, 0);
            Dispose(peers);
            throw;
        }

        return new EchoFleet([.. peers]);

        void ConnectSome()
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                peers.Add(kind == EchoKind.Raw ? new RawEchoPeer(server) : new DtlsEchoPeer(context, server));
            }
        }
    }

    public void Dispose() => Dispose(Peers);

    private static void Dispose(IEnumerable<IEchoPeer> peers)
    {
        foreach (IEchoPeer peer in peers)
        {
            peer.Dispose();
        }
    }
}
