using System.Net;
using System.Net.Sockets;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>A DTLS server for one program on loopback: a UDP socket whose datagrams are pumped into a FIFO by a thread of its own.</summary>
internal sealed class UdpServer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly FifoTransport _fifo;
    private readonly BlockingThread _pump;
    private EndPoint? _client;

    internal UdpServer(DtlsContext context)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _fifo = new FifoTransport(datagram => _socket.SendTo(datagram, SocketFlags.None, _client!));
        Connection = new DtlsConnection(context, _fifo, DtlsRole.Server);
        _pump = BlockingThread.Start("pump", Pump);
    }

    internal DtlsConnection Connection { get; }

    internal string Address => _socket.LocalEndPoint!.ToString()!;

    public void Dispose()
    {
        Connection.Dispose();
        _fifo.Dispose();
        // A datagram of one byte from itself ends the pump.
        _socket.SendTo([0], _socket.LocalEndPoint!);
        _pump.Join(Limits.Watchdog);
        _socket.Dispose();
    }

    private void Pump()
    {
        byte[] buffer = new byte[65_536];
        while (true)
        {
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            int length;
            try
            {
                length = _socket.ReceiveFrom(buffer, ref from);
            }
            catch (SocketException fault) when (fault.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
            {
                continue; // the program has ended; the socket is as good as before
            }

            if (length == 1)
            {
                return;
            }

            _client = from;
            _fifo.Push(buffer.AsSpan(0, length));
        }
    }
}
