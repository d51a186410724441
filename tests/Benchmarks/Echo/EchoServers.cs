namespace FifoDtls.Benchmarks;

/// <summary>Both echo servers, and their clients' way to them.</summary>
internal sealed class EchoServers : IDisposable
{
    private readonly EchoServerProcess _raw;
    private readonly EchoServerProcess _dtls;
    private readonly DtlsContext _client = BenchContexts.CreateCredulousClient();

    internal EchoServers()
    {
        _raw = new EchoServerProcess(EchoKind.Raw);
        try
        {
            _dtls = new EchoServerProcess(EchoKind.Dtls);
        }
        catch
        {
            _raw.Dispose();
            throw;
        }
    }

    internal EchoServerProcess this[EchoKind kind] => kind == EchoKind.Raw ? _raw : _dtls;

    internal EchoFleet Connect(EchoKind kind, int peers) => EchoFleet.Connect(kind, _client, this[kind].EndPoint, peers);

    internal static string NameOf(EchoKind kind, int peers) => $"{peers} {(peers == 1 ? "peer" : "peers")}, {(kind == EchoKind.Raw ? "raw UDP" : "FifoDtls")}";

    public void Dispose()
    {
        _raw.Dispose();
        _dtls.Dispose();
        _client.Dispose();
    }
}
