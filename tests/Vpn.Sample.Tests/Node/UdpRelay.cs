using System.Net;
using System.Net.Sockets;
using FifoDtls.TestSupport;

namespace FifoVpn.Tests.Node;

/// <summary>
/// A path between a node and another: what comes to its front goes on to the target from its back, and answers the other way. It can be cut, can carry less than it did, and can
/// get a new address at its back, as a NAT does.
/// </summary>
internal sealed class UdpRelay : IDisposable
{
    private readonly IPEndPoint _target;
    private readonly Socket _front;
    private readonly Lock _lock = new();
    private readonly List<(Socket Socket, BlockingThread Thread)> _backs = [];
    private readonly BlockingThread _frontThread;
    private volatile Socket _back = null!;
    private volatile EndPoint? _client;
    private volatile bool _disposed;
    private int _dropped;

    public UdpRelay(IPEndPoint target)
    {
        _target = target;
        Front = TestVpn.NewEndPoint();
        _front = NewSocket(Front);
        Rebind();
        _frontThread = BlockingThread.Start("relay front", PassOn);
    }

    /// <summary>Where the node that calls finds the other one.</summary>
    public IPEndPoint Front { get; }

    /// <summary>Where the other one sees the node that calls.</summary>
    public IPEndPoint Back { get; private set; } = null!;

    public bool IsCut { get; set; }

    /// <summary>The largest UDP payload that gets through, either way.</summary>
    public int MaxDatagram { get; set; } = int.MaxValue;

    public int Dropped => Volatile.Read(ref _dropped);

    /// <summary>From now on the target sees the node at a new address, and what it sends to the old one is lost.</summary>
    public void Rebind()
    {
        lock (_lock)
        {
            Back = TestVpn.NewEndPoint();
            Socket socket = NewSocket(Back);
            _back?.Dispose();
            _back = socket;
            _backs.Add((socket, BlockingThread.Start("relay back", () => PassBack(socket))));
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _front.Dispose();
        _backs.ForEach(back => back.Socket.Dispose());
        BlockingThread.JoinAll(TestNode.Limit, [_frontThread, .. _backs.Select(back => back.Thread)]);
    }

    private static Socket NewSocket(IPEndPoint local)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        socket.Bind(local);
        return socket;
    }

    private void PassOn()
    {
        byte[] buffer = new byte[65_536];
        while (TryReceive(_front, buffer, out int length, out EndPoint source))
        {
            _client = source;
            Pass(buffer.AsSpan(0, length), _back, _target);
        }
    }

    private void PassBack(Socket back)
    {
        byte[] buffer = new byte[65_536];
        while (TryReceive(back, buffer, out int length, out _))
        {
            if (_client is { } client)
            {
                Pass(buffer.AsSpan(0, length), _front, client);
            }
        }
    }

    private bool TryReceive(Socket socket, byte[] buffer, out int length, out EndPoint source)
    {
        source = new IPEndPoint(IPAddress.Any, 0);
        while (true)
        {
            try
            {
                length = socket.ReceiveFrom(buffer, ref source);
                return true;
            }
            catch (SocketException exception) when (!_disposed && exception.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // Nobody listens at the other end at this moment.
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                length = 0;
                return false; // disposed, or replaced
            }
        }
    }

    private void Pass(ReadOnlySpan<byte> datagram, Socket socket, EndPoint to)
    {
        if (IsCut || datagram.Length > MaxDatagram)
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        try
        {
            socket.SendTo(datagram, to);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            Interlocked.Increment(ref _dropped); // nobody there, or replaced just now
        }
    }
}
