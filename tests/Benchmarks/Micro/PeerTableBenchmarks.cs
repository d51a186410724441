using System.Buffers.Binary;
using System.Net;
using BenchmarkDotNet.Attributes;

namespace FifoDtls.Benchmarks;

/// <summary>Demultiplexing: the look-up of a datagram's source among the peers. Per look-up.</summary>
public class PeerTableBenchmarks
{
    private const int LookUps = 1_000;

    private readonly SocketAddress[] _sources = new SocketAddress[LookUps];
    private PeerTable _table = null!;

    /// <summary>How many peers there are.</summary>
    [Params(1, 1_000, 10_000)]
    public int Peers { get; set; }

    /// <summary>Fills the table, and draws whose datagrams come.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _table = new PeerTable(Peers);
        for (int i = 0; i < Peers; i++)
        {
            var exchange = new PeerExchange(DtlsRole.Server, new FifoTransport(static _ => { }), clientRandom: null, CookieKeys.Unordered);
            _ = _table.TryAdd(new DtlsPeer(null!, AddressOf(i), exchange, connectOptions: null, session: null), out _);
        }

        var random = new Random(1); // the same of each run
        for (int i = 0; i < LookUps; i++)
        {
            _sources[i] = AddressOf(random.Next(Peers));
        }
    }

    /// <summary>Finds peers.</summary>
    [Benchmark(OperationsPerInvoke = LookUps)]
    public int LookUp()
    {
        int found = 0;
        foreach (SocketAddress source in _sources)
        {
            found += _table.TryGet(source, out _) ? 1 : 0;
        }

        return found;
    }

    private static SocketAddress AddressOf(int peer)
    {
        Span<byte> address = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(address, 0x0A_00_00_00 + (peer / 100));
        return new IPEndPoint(new IPAddress(address), 40_000 + (peer % 100)).Serialize();
    }
}
