using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Status;

/// <summary>
/// Takes connections from a listening socket and serves each in blocking code on a thread of its own, so that none waits for another; a bounded number of them, and those beyond get one
/// answer and are closed. Without clients there is one thread, and it waits.
/// </summary>
internal sealed class ClientAcceptor : IDisposable
{
    public const int MaxClients = 16;

    private const int StackSize = 256 << 10;

    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(5);

    /// <summary>How long no connection is taken when the system has no more file descriptors.</summary>
    private static readonly TimeSpan ErrorPause = TimeSpan.FromSeconds(1);

    private readonly Socket _listener;
    private readonly string _name;
    private readonly int _maxRequest;
    private readonly byte[] _busy;
    private readonly Action<ClientConnection> _serve;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _stop = new();
    private readonly object _gate = new(); // a monitor: guards the clients, and is where their end is waited for
    private readonly HashSet<ClientConnection> _clients = [];

    /// <param name="listener">Bound and listening; it becomes the acceptor's.</param>
    /// <param name="name">What the threads are called.</param>
    /// <param name="maxRequest">The most bytes of a request.</param>
    /// <param name="busy">The answer to a client too many.</param>
    /// <param name="serve">Serves a client until it is done; on a thread of the client's own.</param>
    public ClientAcceptor(Socket listener, string name, int maxRequest, byte[] busy, Action<ClientConnection> serve, ILogger logger)
    {
        _listener = listener;
        _name = name;
        _maxRequest = maxRequest;
        _busy = busy;
        _serve = serve;
        _logger = logger;
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = name };
    }

    /// <summary>Clients now.</summary>
    public int Clients
    {
        get
        {
            lock (_gate)
            {
                return _clients.Count;
            }
        }
    }

    public void Start() => _thread.Start();

    /// <summary>Closes the socket and all connections and waits for the threads, for a bounded time. Safe to repeat.</summary>
    public void Dispose()
    {
        _stop.Set();
        _listener.Dispose();
        bool ended = !_thread.IsAlive || _thread.Join(JoinLimit);
        long deadline = Environment.TickCount64 + (long)JoinLimit.TotalMilliseconds;
        lock (_gate)
        {
            foreach (ClientConnection client in _clients)
            {
                client.Dispose();
            }

            for (long left; _clients.Count > 0 && (left = deadline - Environment.TickCount64) > 0;)
            {
                Monitor.Wait(_gate, (int)left);
            }

            ended &= _clients.Count == 0;
        }

        if (!ended)
        {
            StatusLogger.ThreadsStillRunning(_logger, _name, JoinLimit.TotalSeconds);
        }
    }

    private void Run()
    {
        while (!_stop.IsSet)
        {
            try
            {
                Take(_listener.Accept());
            }
            catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
            {
                if (!_stop.IsSet)
                {
                    StatusLogger.AcceptFailed(_logger, _name, exception.Message);
                    _stop.Wait(ErrorPause);
                }
            }
        }
    }

    private void Take(Socket socket)
    {
        ClientConnection client = new(socket, _maxRequest);
        bool taken;
        lock (_gate)
        {
            taken = _clients.Count < MaxClients && !_stop.IsSet && _clients.Add(client);
        }

        if (!taken)
        {
            client.TryWrite(_busy, TimeSpan.FromMilliseconds(1)); // fits into the system's buffer, or is lost
            client.Dispose();
            return;
        }

        try
        {
            new Thread(() => Serve(client), StackSize) { IsBackground = true, Name = $"{_name}-client" }.Start();
        }
        catch (OutOfMemoryException exception)
        {
            StatusLogger.AcceptFailed(_logger, _name, exception.Message); // the system gives no more threads
            Remove(client);
        }
    }

    private void Serve(ClientConnection client)
    {
        try
        {
            _serve(client);
        }
        catch (Exception exception)
        {
            StatusLogger.ClientFailed(_logger, exception, _name); // it must not end the node, whatever it is
        }
        finally
        {
            Remove(client);
        }
    }

    private void Remove(ClientConnection client)
    {
        client.Dispose();
        lock (_gate)
        {
            _clients.Remove(client);
            Monitor.PulseAll(_gate);
        }
    }
}
