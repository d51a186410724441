using System.Net;

namespace FifoDtls.Benchmarks;

/// <summary>An association over a connected UDP socket.</summary>
internal sealed class DtlsEchoPeer : IEchoPeer
{
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(30);

    private readonly DtlsConnection _connection;

    internal DtlsEchoPeer(DtlsContext context, IPEndPoint server)
    {
        _connection = new DtlsConnection(context, new SocketTransport(server), DtlsRole.Client);
        try
        {
            _connection.Handshake(HandshakeLimit);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public void Send(ReadOnlySpan<byte> payload) => _connection.Send(payload);

    public int Receive(Span<byte> buffer, TimeSpan timeout)
    {
        DtlsReceiveResult result = _connection.Receive(buffer, timeout);
        return result.HasData || result.Status == DtlsReceiveStatus.TimedOut ? result.Length : throw new DtlsException($"The echo server ended the association: {result.Status}.");
    }

    public void Dispose() => _connection.Dispose();
}
