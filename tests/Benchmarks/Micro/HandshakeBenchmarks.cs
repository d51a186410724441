using BenchmarkDotNet.Attributes;
using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary>A whole handshake in memory, both sides: ECDHE-ECDSA P-256, the client verifies the server. No cookie exchange.</summary>
public class HandshakeBenchmarks
{
    private static readonly DtlsResumptionOptions Resumption = new() { Scope = "benchmark" };

    private DtlsContext _server = null!;
    private DtlsContext _client = null!;
    private DtlsSession _session = null!;
    private BareHandshake _bare = null!;
    private HandshakePartner _partner = null!;

    /// <summary>Makes contexts, the other side's thread and a session.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _server = BenchContexts.CreateServer(Resumption);
        _client = BenchContexts.CreateClient(Resumption);
        _bare = new BareHandshake();
        _partner = new HandshakePartner();
        Handshake(null, client => _session = client.ExportSession() ?? throw new DtlsException("There is no session to resume."));
    }

    /// <summary>Ends them.</summary>
    [GlobalCleanup]
    public void CleanUp()
    {
        _partner.Dispose();
        _bare.Dispose();
        _client.Dispose();
        _server.Dispose();
    }

    /// <summary>libssl alone, one thread.</summary>
    [Benchmark(Baseline = true)]
    public void Bare_libssl() => _bare.Run();

    /// <summary>Two connections, a thread each.</summary>
    [Benchmark]
    public void Full() => Handshake(null);

    /// <summary>The same, with the session of an earlier one.</summary>
    [Benchmark]
    public void Resumed() => Handshake(_session);

    private void Handshake(DtlsSession? session, Action<DtlsConnection>? then = null)
    {
        using var link = new MemoryLink(recording: false);
        using var client = new DtlsConnection(_client, link.Client, DtlsRole.Client, new DtlsConnectionOptions { ServerName = TestPki.ServerName, Session = session });
        using var server = new DtlsConnection(_server, link.Server, DtlsRole.Server);
        _partner.Begin(server);
        client.Handshake(HandshakePartner.Limit);
        _partner.End();
        if (client.Negotiated!.WasResumed != (session is not null))
        {
            throw new DtlsException("The handshake was not of the kind that is measured.");
        }

        then?.Invoke(client);
    }
}
