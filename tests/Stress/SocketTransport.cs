using System.Net;
using System.Net.Sockets;

namespace FifoDtls.Stress;

/// <summary>A datagram transport that is one connected UDP socket. For one thread; its waits can't be cancelled.</summary>
internal sealed class SocketTransport : IDatagramTransport
{
    private readonly Socket _socket;

    internal SocketTransport(IPEndPoint server)
    {
        _socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Connect(server);
    }

    public int MaxDatagramSize => 1_400;

    public DatagramStatus Wait(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        _socket.Poll(timeout, SelectMode.SelectRead) ? DatagramStatus.Ready : DatagramStatus.None;

    public DatagramStatus TryReceive(Span<byte> buffer, out int length)
    {
        length = 0;
        if (!_socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            return DatagramStatus.None;
        }

        length = _socket.Receive(buffer);
        return DatagramStatus.Ready;
    }

    public void Send(ReadOnlySpan<byte> datagram) => _socket.Send(datagram);

    public void Dispose() => _socket.Dispose();
}
