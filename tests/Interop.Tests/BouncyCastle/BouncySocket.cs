using System.Net;
using System.Net.Sockets;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>A UDP socket on loopback whose datagrams a thread of its own pushes into a <see cref="FifoTransport"/>, which sends to whoever the last one came from, or to the server that it was made for.</summary>
internal sealed class BouncySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly BlockingThread _reader;
    private volatile EndPoint? _remote;
    private volatile bool _disposed;

    internal BouncySocket(IPEndPoint? server = null)
    {
        _remote = server;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        Fifo = new FifoTransport(datagram => _socket.SendTo(datagram, SocketFlags.None, _remote!));
        _reader = BlockingThread.Start("reader", Read);
    }

    internal IPEndPoint LocalEndPoint { get; }

    internal FifoTransport Fifo { get; }

    public void Dispose()
    {
        _disposed = true;
        Fifo.Dispose();
        _socket.SendTo([], LocalEndPoint); // wakes the reader
        _reader.Join(Limits.Step);
        _socket.Dispose();
    }

    private void Read()
    {
        byte[] buffer = new byte[65_536];
        while (!_disposed)
        {
            EndPoint source = new IPEndPoint(IPAddress.Any, 0);
            int length = _socket.ReceiveFrom(buffer, ref source);
            if (length > 0)
            {
                _remote = source;
                Fifo.Push(buffer.AsSpan(0, length));
            }
        }
    }
}
