using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary>Two <see cref="DtlsConnection"/>s over FIFOs in memory, each with a thread that blocks: the library without sockets and endpoint.</summary>
internal sealed class ConnectionHandshaker : IHandshaker
{
    private readonly DtlsContext _server = BenchContexts.CreateServer();
    private readonly DtlsContext _client = BenchContexts.CreateClient();
    private readonly HandshakePartner[] _partners;

    internal ConnectionHandshaker(int pairs)
    {
        Threads = pairs;
        _partners = new HandshakePartner[pairs];
        for (int i = 0; i < pairs; i++)
        {
            _partners[i] = new HandshakePartner();
        }
    }

    public int Threads { get; }

    public bool Next(int thread)
    {
        using var link = new MemoryLink(recording: false);
        using var client = new DtlsConnection(_client, link.Client, DtlsRole.Client, new DtlsConnectionOptions { ServerName = TestPki.ServerName });
        using var server = new DtlsConnection(_server, link.Server, DtlsRole.Server);
        _partners[thread].Begin(server);
        client.Handshake(HandshakePartner.Limit);
        _partners[thread].End();
        return true;
    }

    public void Clear()
    {
    }

    public void Dispose()
    {
        foreach (HandshakePartner partner in _partners)
        {
            partner.Dispose();
        }

        _client.Dispose();
        _server.Dispose();
    }
}
