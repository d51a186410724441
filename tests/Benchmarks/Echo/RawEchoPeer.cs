using System.Net;

namespace FifoDtls.Benchmarks;

/// <summary>A connected UDP socket and nothing else.</summary>
internal sealed class RawEchoPeer(IPEndPoint server) : IEchoPeer
{
    private readonly SocketTransport _socket = new(server);

    public void Send(ReadOnlySpan<byte> payload) => _socket.Send(payload);

    public int Receive(Span<byte> buffer, TimeSpan timeout)
    {
        _ = _socket.Wait(timeout);
        _ = _socket.TryReceive(buffer, out int length);
        return length;
    }

    public void Dispose() => _socket.Dispose();
}
