using System.Net;
using System.Net.Sockets;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>
/// A client on a bare UDP socket, which can do what an endpoint never does: change or withhold its own datagrams, forge, vanish without a close_notify,
/// and start anew from the same address.
/// </summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket;
    private readonly IPEndPoint _server;
    private readonly BlockingThread _reader;
    private volatile FifoTransport _transport;
    private volatile bool _disposed;
    private DtlsConnection? _connection;

    /// <summary>Replaces the datagram with this number (from 0, counted anew for each association); null withholds it.</summary>
    internal delegate byte[]? Rewriter(int number, byte[] datagram);

    internal RawClient(IPEndPoint server)
    {
        _server = server;
        _socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(server.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback, 0));
        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _transport = NewTransport(null, 1_400);
        _reader = BlockingThread.Start("raw client", Read);
    }

    internal IPEndPoint LocalEndPoint { get; }

    /// <summary>Makes an association; the handshake is the caller's to do. An earlier one gets no datagrams any more.</summary>
    internal DtlsConnection Begin(DtlsContext context, Rewriter? rewriter = null, int maxDatagramSize = 1_400, DtlsSession? session = null)
    {
        Vanish();
        _transport = NewTransport(rewriter, maxDatagramSize);
        _connection = new DtlsConnection(context, _transport, DtlsRole.Client, new DtlsConnectionOptions { Session = session });
        return _connection;
    }

    /// <summary>Makes an association and does its handshake.</summary>
    internal DtlsConnection Connect(DtlsContext? context = null)
    {
        DtlsConnection connection = Begin(context ?? TestContexts.Client);
        connection.Handshake(TestEndpoints.Limit);
        return connection;
    }

    /// <summary>Handshakes as far as the server and the rewriter let it come.</summary>
    internal void TryHandshake(DtlsContext context, Rewriter rewriter, TimeSpan timeout, int maxDatagramSize = 1_400, DtlsSession? session = null)
    {
        try
        {
            Begin(context, rewriter, maxDatagramSize, session).Handshake(timeout);
        }
        catch (Exception exception) when (exception is TimeoutException or DtlsException)
        {
            // What the server makes of it is what the test is about.
        }
    }

    /// <summary>Forgets the association without telling the server.</summary>
    internal void Vanish()
    {
        _transport = NewTransport(null, 1_400);
        _connection?.Dispose();
        _connection = null;
    }

    internal void SendRaw(ReadOnlySpan<byte> datagram) => _socket.SendTo(datagram, _server);

    internal void SendRawTo(ReadOnlySpan<byte> datagram, IPEndPoint other) => _socket.SendTo(datagram, other);

    /// <summary>The next datagram from the server, while there is no association.</summary>
    internal byte[]? ReceiveRaw(TimeSpan timeout)
    {
        byte[] buffer = new byte[65_536];
        return _transport.Receive(buffer, timeout, out int length) == DatagramStatus.Ready ? buffer[..length] : null;
    }

    public void Dispose()
    {
        Vanish();
        _disposed = true;
        _socket.Dispose();
        _reader.Join(TestEndpoints.Limit);
    }

    private FifoTransport NewTransport(Rewriter? rewriter, int maxDatagramSize)
    {
        int number = 0;
        FifoTransport? own = null;
        own = new FifoTransport(
            datagram =>
            {
                if (_transport != own)
                {
                    return; // vanished
                }

                byte[]? rewritten = rewriter is null ? datagram.ToArray() : rewriter(number++, datagram.ToArray());
                if (rewritten is not null)
                {
                    SendRaw(rewritten);
                }
            },
            new FifoTransportOptions { MaxDatagramSize = maxDatagramSize });
        return own;
    }

    private void Read()
    {
        byte[] buffer = new byte[65_536];
        EndPoint source = new IPEndPoint(_server.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_disposed)
        {
            try
            {
                int length = _socket.ReceiveFrom(buffer, ref source);
                _transport.Push(buffer.AsSpan(0, length));
            }
            catch (Exception exception) when (_disposed && exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
