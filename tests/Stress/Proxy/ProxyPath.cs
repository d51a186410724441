using System.Net;
using System.Net.Sockets;

namespace FifoDtls.Stress;

/// <summary>The way of one peer through the proxy: a port towards the client, and one towards the server, which is the peer's address to it.</summary>
internal sealed class ProxyPath : IDisposable
{
    private readonly Epoll _epoll;
    private readonly int _index;
    private readonly IPEndPoint _server;
    private readonly object _lock; // of the proxy, a monitor: guards the sockets against the proxy's thread, which pulses it after each round
    private volatile bool _muted;

    internal ProxyPath(Epoll epoll, object proxyLock, int index, IPEndPoint client, IPEndPoint server, int seed)
    {
        _epoll = epoll;
        _lock = proxyLock;
        _index = index;
        _server = server;
        Front = Connected(client);
        Back = Connected(server);
        ToServer = new ProxyDirection(this, toServer: true, Seeds.Random(seed, SeedPurpose.ProxyToServer, index));
        ToClient = new ProxyDirection(this, toServer: false, Seeds.Random(seed, SeedPurpose.ProxyToClient, index));
        FrontPort = ((IPEndPoint)Front.LocalEndPoint!).Port;
        epoll.Add(Front, Tag(fromBack: false, generation: 0));
        epoll.Add(Back, Tag(fromBack: true, generation: 0));
    }

    internal Socket Front { get; }

    internal Socket Back { get; private set; }

    /// <summary>How often the server-facing socket was replaced: an event of an earlier one is none.</summary>
    internal uint Generation { get; private set; }

    /// <summary>Where the client finds the proxy.</summary>
    internal int FrontPort { get; }

    internal ProxyDirection ToServer { get; }

    internal ProxyDirection ToClient { get; }

    /// <summary>While set nothing passes in either direction: to each side the other has died without a word.</summary>
    internal bool Muted
    {
        get => _muted;
        set => _muted = value;
    }

    /// <summary>Waits until the proxy has dealt with all that the client has sent: what belongs to one association must not pass as the next one's.</summary>
    /// <returns><see langword="false"/> when the time is up.</returns>
    internal bool Settle(TimeSpan limit)
    {
        long deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        lock (_lock)
        {
            while (Front.Available > 0)
            {
                long left = deadline - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_lock, (int)left))
                {
                    return Front.Available == 0;
                }
            }

            return true;
        }
    }

    /// <summary>Gives the peer a new address towards the server.</summary>
    internal void Renew()
    {
        Socket fresh = Connected(_server);
        lock (_lock)
        {
            Back.Dispose();
            Back = fresh;
            Generation++;
            _epoll.Add(fresh, Tag(fromBack: true, Generation));
        }
    }

    public void Dispose()
    {
        Front.Dispose();
        Back.Dispose();
    }

    private static Socket Connected(IPEndPoint to)
    {
        // Non-blocking: what epoll found may be an ICMP error that a Send has consumed since, and then there is nothing to receive.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        socket.Connect(to);
        return socket;
    }

    private ulong Tag(bool fromBack, uint generation) => ((ulong)generation << 32) | ((uint)_index << 1) | (fromBack ? 1u : 0u);
}
