using System.Net;
using System.Net.Sockets;

namespace FifoDtls.Benchmarks;

/// <summary>What an endpoint is compared with: one blocking UDP socket and one thread that sends back what it receives, in plain .NET, without allocating.</summary>
internal sealed class RawEchoServer : IDisposable
{
    private const int BufferSize = 4 << 20; // as an endpoint's

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = BufferSize, SendBufferSize = BufferSize };
    private readonly Thread _thread;
    private volatile bool _disposed;

    internal RawEchoServer(IPEndPoint local)
    {
        _socket.Bind(local);
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _thread = new Thread(Run) { IsBackground = true, Name = "raw-echo" };
        _thread.Start();
    }

    internal IPEndPoint EndPoint { get; }

    public void Dispose()
    {
        _disposed = true;
        _socket.Dispose(); // wakes the thread
        _thread.Join();
    }

    private void Run()
    {
        byte[] buffer = new byte[2_048];
        var source = new SocketAddress(AddressFamily.InterNetwork);
        try
        {
            while (true)
            {
                int length = _socket.ReceiveFrom(buffer, SocketFlags.None, source);
                _socket.SendTo(buffer.AsSpan(0, length), SocketFlags.None, source);
            }
        }
        catch (Exception exception) when (_disposed && exception is SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }
}
