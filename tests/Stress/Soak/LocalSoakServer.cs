using System.Net;

namespace FifoDtls.Stress;

/// <summary>The server in the clients' process.</summary>
internal sealed class LocalSoakServer(int peers, TimeSpan idleTimeout, bool offload) : ISoakServerHost
{
    private readonly SoakServer _server = new(peers, idleTimeout, offload);

    public IPEndPoint Address => _server.Endpoint.LocalEndPoint;

    public SoakServerReport Finish() => _server.Finish();

    public void Dispose() => _server.Dispose();
}
