using System.Net;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;

namespace FifoDtls.Benchmarks;

/// <summary>The cookie of a ClientHello as libssl sends it, with its parsing. The reader does this for every stranger.</summary>
public class CookieBenchmarks
{
    private readonly SocketAddress _source = new IPEndPoint(IPAddress.Loopback, 40_000).Serialize();
    private readonly byte[] _cookie = new byte[CookieKeys.CookieSize];
    private readonly HelloBuilder _hello = new() { Random = RandomNumberGenerator.GetBytes(32), Suites = new byte[20], Extensions = new byte[80] };
    private CookieKeys _keys = null!;
    private byte[] _without = null!;
    private byte[] _with = null!;
    private byte[] _withAnother = null!;

    /// <summary>Makes a ClientHello with and without its cookie.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _keys = new CookieKeys(TimeSpan.FromDays(1), TimeProvider.System);
        _without = _hello.Build();
        _ = Make();
        _with = (_hello with { Cookie = [.. _cookie], MessageSequence = 1 }).Build();
        _withAnother = (_hello with { Cookie = new byte[_cookie.Length], MessageSequence = 1 }).Build();
    }

    /// <summary>Clears the keys.</summary>
    [GlobalCleanup]
    public void CleanUp() => _keys.Dispose();

    /// <summary>Parsed and given a cookie.</summary>
    [Benchmark]
    public bool Make() => ClientHello.TryParse(_without, out ClientHello hello) && _keys.TryMake(hello, _source, _cookie);

    /// <summary>Parsed and found to have the right one.</summary>
    [Benchmark]
    public bool Check() => ClientHello.TryParse(_with, out ClientHello hello) && _keys.IsValid(hello, _source, out _);

    /// <summary>Parsed and found to have a wrong one.</summary>
    [Benchmark]
    public bool Check_a_wrong_one() => ClientHello.TryParse(_withAnother, out ClientHello hello) && _keys.IsValid(hello, _source, out _);
}
