using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace FifoDtls.Benchmarks;

/// <summary>
/// A datagram transport that is one connected UDP socket and costs one system call for each datagram, as a plain blocking socket does: who waits receives at once, into a buffer of its own. One
/// thread waits and receives, any thread sends; waits can't be cancelled.
/// </summary>
internal sealed class SocketTransport : IDatagramTransport
{
    private readonly Socket _socket;
    private readonly byte[] _datagram = new byte[2_048];
    private int _length = -1; // of the datagram that has been received and not taken
    private int _timeout = -1;

    internal SocketTransport(IPEndPoint server)
    {
        _socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Connect(server);
    }

    public int MaxDatagramSize => 1_400;

    public DatagramStatus Wait(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        long start = Stopwatch.GetTimestamp();
        if (timeout == TimeSpan.Zero && _length < 0 && !_socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
        {
            return DatagramStatus.None;
        }

        while (_length < 0)
        {
            SetTimeout(timeout);
            _length = _socket.Receive(_datagram, SocketFlags.None, out SocketError error);
            if (error != SocketError.Success)
            {
                _length = -1;
                if (error is not (SocketError.TimedOut or SocketError.WouldBlock or SocketError.ConnectionRefused))
                {
                    throw new SocketException((int)error);
                }

                if (timeout != Timeout.InfiniteTimeSpan && Stopwatch.GetElapsedTime(start) >= timeout)
                {
                    return DatagramStatus.None;
                }
            }
        }

        return DatagramStatus.Ready;
    }

    public DatagramStatus TryReceive(Span<byte> buffer, out int length)
    {
        length = Math.Max(_length, 0);
        if (_length < 0)
        {
            return DatagramStatus.None;
        }

        _datagram.AsSpan(0, length).CopyTo(buffer);
        _length = -1;
        return DatagramStatus.Ready;
    }

    public void Send(ReadOnlySpan<byte> datagram) => _socket.Send(datagram, SocketFlags.None, out _); // what is refused is a lost datagram

    public void Dispose() => _socket.Dispose();

    // Deadlines make every wait another one, and setting each would be one more system call: they are rounded up.
    private void SetTimeout(TimeSpan timeout)
    {
        int rounded = timeout == Timeout.InfiniteTimeSpan ? 0 : timeout.TotalMilliseconds <= 100 ? 100 : timeout.TotalMilliseconds <= 1_000 ? 1_000 : 10_000;
        if (rounded != _timeout)
        {
            _socket.ReceiveTimeout = _timeout = rounded;
        }
    }
}
