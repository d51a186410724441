using System.Net;
using System.Net.Sockets;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Stands between one client and a server and passes their datagrams on, but for those of the server that a test lets get lost. To the server it is the client.</summary>
internal sealed class LossyRelay : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly IPEndPoint _server;
    private readonly Func<byte[], bool> _loses;
    private readonly BlockingThread _thread;
    private volatile bool _disposed;
    private volatile IPEndPoint? _client;

    /// <param name="server">The server.</param>
    /// <param name="loses">Whether a datagram of the server gets lost; called on the relay's thread.</param>
    internal LossyRelay(IPEndPoint server, Func<byte[], bool> loses)
    {
        _server = server;
        _loses = loses;
        _socket.Bind(TestEndpoints.Loopback);
        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _thread = BlockingThread.Start("relay", Run);
    }

    /// <summary>Where clients send to.</summary>
    internal IPEndPoint LocalEndPoint { get; }

    /// <summary>Sends the server a datagram as if it came from the client.</summary>
    internal void Forge(ReadOnlySpan<byte> datagram) => _socket.SendTo(datagram, _server);

    public void Dispose()
    {
        _disposed = true;
        _socket.Dispose();
        _thread.Join(TestEndpoints.Limit);
    }

    private void Run()
    {
        byte[] buffer = new byte[65_536];
        EndPoint source = new IPEndPoint(IPAddress.Any, 0);
        while (!_disposed)
        {
            try
            {
                byte[] datagram = buffer[.._socket.ReceiveFrom(buffer, ref source)];
                if (!source.Equals(_server))
                {
                    _client = (IPEndPoint)source;
                    _socket.SendTo(datagram, _server);
                }
                else if (_client is { } client && !_loses(datagram))
                {
                    _socket.SendTo(datagram, client);
                }
            }
            catch (Exception exception) when (_disposed && exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
