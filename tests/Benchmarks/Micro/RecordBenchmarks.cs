using BenchmarkDotNet.Attributes;

namespace FifoDtls.Benchmarks;

/// <summary>What a record costs each side: libssl, the FIFO BIO and the locks, without a socket. 0 bytes allocated are wanted.</summary>
public class RecordBenchmarks
{
    private const int MaxRecords = 2_000; // a record can be received once only, so they are made before

    private readonly byte[] _buffer = new byte[2_048];
    private readonly byte[][] _records = new byte[MaxRecords][];
    private byte[] _payload = null!;
    private EstablishedPair _pair = null!;

    /// <summary>Bytes of a payload.</summary>
    [Params(100, 1_300)]
    public int Size { get; set; }

    /// <summary>Makes an association.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _payload = new byte[Size];
        _pair = new EstablishedPair();
    }

    /// <summary>Ends it.</summary>
    [GlobalCleanup]
    public void CleanUp() => _pair.Dispose();

    /// <summary>Send, over a transport that throws the datagram away.</summary>
    [Benchmark]
    public void RecordOut() => _pair.SendAway(_payload);

    /// <summary>Makes the records that <see cref="RecordIn"/> takes.</summary>
    [IterationSetup(Target = nameof(RecordIn))]
    public void MakeRecords()
    {
        for (int i = 0; i < MaxRecords; i++)
        {
            _records[i] = _pair.Record(_payload);
        }
    }

    /// <summary>Push and Receive of a record, by one thread.</summary>
    [Benchmark(OperationsPerInvoke = MaxRecords)]
    public void RecordIn()
    {
        foreach (byte[] record in _records)
        {
            _pair.Deliver(record, _buffer);
        }
    }
}
