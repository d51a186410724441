using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using FifoDtls.TestSupport;

namespace FifoVpn.Tests.Mesh;

/// <summary>
/// A symmetric NAT in user space, before one server: each client gets an address and port of its own there, and nothing but the server's answers comes in. So who is behind it can be called by nobody.
/// </summary>
internal sealed class TestNat : IDisposable
{
    private readonly Socket _inside = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly IPEndPoint _server;
    private readonly IPAddress _outsideAddress;
    private readonly ConcurrentDictionary<EndPoint, Socket> _mappings = new();
    private readonly List<BlockingThread> _threads = [];
    private volatile bool _disposed;

    /// <param name="server">The only one that is reached through it.</param>
    /// <param name="outsideAddress">The address that the server sees.</param>
    public TestNat(IPEndPoint server, IPAddress outsideAddress)
    {
        _server = server;
        _outsideAddress = outsideAddress;
        _inside.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _threads.Add(BlockingThread.Start("nat", () => Copy(_inside, Translate)));
    }

    /// <summary>Where clients reach the server.</summary>
    public IPEndPoint LocalEndPoint => (IPEndPoint)_inside.LocalEndPoint!;

    /// <summary>Forgets all mappings: clients get new ones with their next datagram.</summary>
    public void Flush()
    {
        foreach (EndPoint client in _mappings.Keys)
        {
            if (_mappings.TryRemove(client, out Socket? outside))
            {
                outside.Dispose();
            }
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _inside.Dispose();
        Flush();
        _threads.ForEach(thread => thread.Join(TimeSpan.FromSeconds(10)));
    }

    private void Translate(byte[] datagram, EndPoint client) => _mappings.GetOrAdd(client, Map).SendTo(datagram, _server);

    private Socket Map(EndPoint client)
    {
        Socket outside = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        outside.Bind(new IPEndPoint(_outsideAddress, 0));
        lock (_threads)
        {
            _threads.Add(BlockingThread.Start("nat mapping", () => Copy(outside, (datagram, source) =>
            {
                if (source.Equals(_server))
                {
                    _inside.SendTo(datagram, client);
                }
            })));
        }

        return outside;
    }

    private void Copy(Socket socket, Action<byte[], EndPoint> pass)
    {
        byte[] buffer = new byte[65_536];
        while (true)
        {
            try
            {
                EndPoint source = new IPEndPoint(IPAddress.Any, 0);
                int length = socket.ReceiveFrom(buffer, ref source);
                pass(buffer[..length], source);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                if (_disposed || !_mappings.Values.Append(_inside).Contains(socket))
                {
                    return; // flushed or disposed
                }
            }
        }
    }
}
