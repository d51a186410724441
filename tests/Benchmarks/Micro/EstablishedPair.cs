using FifoDtls.TestSupport;

namespace FifoDtls.Benchmarks;

/// <summary>An association in memory whose client's datagrams can be caught or thrown away.</summary>
internal sealed class EstablishedPair : IDisposable
{
    private readonly DtlsContext _serverContext = BenchContexts.CreateServer();
    private readonly DtlsContext _clientContext = BenchContexts.CreateClient();
    private readonly MemoryLink _link = new(recording: false);
    private readonly DtlsConnection _client;
    private readonly DtlsConnection _server;
    private byte[]? _caught;
    private bool _catching;

    internal EstablishedPair()
    {
        _client = new DtlsConnection(_clientContext, _link.Client, DtlsRole.Client, new DtlsConnectionOptions { ServerName = TestPki.ServerName });
        _server = new DtlsConnection(_serverContext, _link.Server, DtlsRole.Server);
        using var partner = new HandshakePartner();
        partner.Begin(_server);
        _client.Handshake(HandshakePartner.Limit);
        partner.End();
        _link.ToServer.Interceptor = Catch;
    }

    /// <summary>Sends a payload whose datagram nobody gets.</summary>
    internal void SendAway(ReadOnlySpan<byte> payload) => _client.Send(payload);

    /// <summary>The datagram of a payload.</summary>
    internal byte[] Record(ReadOnlySpan<byte> payload)
    {
        _catching = true;
        _client.Send(payload);
        _catching = false;
        return _caught!;
    }

    /// <summary>Lets the server receive a datagram.</summary>
    internal void Deliver(byte[] record, Span<byte> buffer)
    {
        _link.ToServer.Deliver(record);
        if (!_server.Receive(buffer, TimeSpan.Zero).HasData)
        {
            throw new DtlsException("The record was not received.");
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _link.Dispose();
        _clientContext.Dispose();
        _serverContext.Dispose();
    }

    private void Catch(int number, ReadOnlySpan<byte> datagram, DatagramSender deliver)
    {
        if (_catching)
        {
            _caught = datagram.ToArray();
        }
    }
}
