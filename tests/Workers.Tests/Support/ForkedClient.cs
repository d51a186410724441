using System.Net;
using System.Net.Sockets;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>A client with two associations on one socket, as after a restart that the old one has not heard of: each sees all that the server sends.</summary>
internal sealed class ForkedClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly IPEndPoint _server;
    private readonly FifoTransport _oldTransport;
    private readonly BlockingThread _reader;
    private volatile FifoTransport? _newTransport;
    private volatile bool _disposed;

    internal ForkedClient(IPEndPoint server)
    {
        _server = server;
        _socket.Bind(TestEndpoints.Loopback);
        _oldTransport = new FifoTransport(datagram => _socket.SendTo(datagram, _server));
        _reader = BlockingThread.Start("forked client", Read);
        Old = new DtlsConnection(TestContexts.Client, _oldTransport, DtlsRole.Client);
        Old.Handshake(TestEndpoints.Limit);
    }

    /// <summary>The association that was there first.</summary>
    internal DtlsConnection Old { get; }

    /// <summary>Begins a second handshake and sends no more of it than this many datagrams.</summary>
    internal void BeginAnew(int datagrams)
    {
        int sent = 0;
        _newTransport = new FifoTransport(datagram =>
        {
            if (sent++ < datagrams)
            {
                _socket.SendTo(datagram, _server);
            }
        });
        using var anew = new DtlsConnection(TestContexts.Client, _newTransport, DtlsRole.Client);
        Assert.That(() => anew.Handshake(TimeSpan.FromMilliseconds(500)), Throws.InstanceOf<TimeoutException>());
    }

    /// <summary>Makes a second association; the handshake is the caller's to do.</summary>
    /// <param name="interceptor">Gets each datagram and its number, from 1, before it is sent.</param>
    /// <param name="maxDatagramSize">The largest datagram that it sends.</param>
    internal DtlsConnection Anew(Action<int, byte[]> interceptor, int maxDatagramSize)
    {
        int sent = 0;
        _newTransport = new FifoTransport(
            datagram =>
            {
                interceptor(++sent, datagram.ToArray());
                _socket.SendTo(datagram, _server);
            },
            new FifoTransportOptions { MaxDatagramSize = maxDatagramSize });
        return new DtlsConnection(TestContexts.Client, _newTransport, DtlsRole.Client);
    }

    internal void SendRaw(ReadOnlySpan<byte> datagram) => _socket.SendTo(datagram, _server);

    public void Dispose()
    {
        Old.Dispose();
        _disposed = true;
        _socket.Dispose();
        _reader.Join(TestEndpoints.Limit);
    }

    private void Read()
    {
        byte[] buffer = new byte[65_536];
        while (!_disposed)
        {
            try
            {
                int length = _socket.Receive(buffer);
                _oldTransport.Push(buffer.AsSpan(0, length));
                _newTransport?.Push(buffer.AsSpan(0, length));
            }
            catch (Exception exception) when (_disposed && exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
