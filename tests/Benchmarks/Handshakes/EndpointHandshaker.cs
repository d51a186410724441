using System.Collections.Concurrent;
using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary>
/// New peers of an endpoint on loopback, each from a socket of its own, cookie exchange included. The clients are <see cref="DtlsConnection"/>s over those sockets, which cost no threads
/// but the calling ones.
/// </summary>
/// <param name="threads">How many clients handshake at a time.</param>
/// <param name="stay">How many peers stay connected at the most, after which there are to be no more; 0 lets each go when it is connected.</param>
internal sealed class EndpointHandshaker(int threads, int stay) : IHandshaker
{
    private readonly DtlsContext _serverContext = BenchContexts.CreateServer();
    private readonly DtlsContext _clientContext = BenchContexts.CreateClient();
    private readonly ConcurrentBag<DtlsConnection> _staying = [];
    private DtlsEndpoint? _endpoint;
    private int _begun;

    public int Threads => threads;

    public bool Next(int thread)
    {
        if (stay > 0 && Interlocked.Increment(ref _begun) > stay)
        {
            return false;
        }

        var client = new DtlsConnection(_clientContext, new SocketTransport(Endpoint().LocalEndPoint), DtlsRole.Client, new DtlsConnectionOptions { ServerName = TestPki.ServerName });
        try
        {
            client.Handshake(HandshakePartner.Limit);
        }
        catch
        {
            client.Dispose();
            throw;
        }

        if (stay > 0)
        {
            _staying.Add(client);
        }
        else
        {
            client.Dispose();
        }

        return true;
    }

    /// <summary>The endpoint goes too, and its threads with it, so that no measurement finds those of another.</summary>
    public void Clear()
    {
        foreach (DtlsConnection client in _staying)
        {
            client.Dispose();
        }

        _staying.Clear();
        _endpoint?.Dispose();
        _endpoint = null;
        _begun = 0;
    }

    public void Dispose()
    {
        Clear();
        _clientContext.Dispose();
        _serverContext.Dispose();
    }

    private DtlsEndpoint Endpoint()
    {
        lock (_staying)
        {
            return _endpoint ??= new DtlsEndpoint(new DtlsEndpointOptions
            {
                LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
                ServerContext = _serverContext,
                Session = WaitForEnd,
                MaxHandshakesPerSecond = 1_000_000,
                MaxHelloVerifyRequestsPerSecond = 1_000_000,
            });
        }
    }

    private static void WaitForEnd(DtlsPeer peer)
    {
        Span<byte> buffer = stackalloc byte[64];
        while (peer.Receive(buffer).HasData)
        {
        }
    }
}
