using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using FifoDtls;
using FifoVpn.Configuration;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Node;

/// <summary>
/// Calls one peer whenever it is not connected, in blocking code on a thread of its own: look its host up, handshake, run the session, and after a failure wait a
/// little longer each time.
/// </summary>
internal sealed class PeerCaller
{
    private const int StackSize = 256 << 10;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SteadySession = TimeSpan.FromSeconds(10);

    private readonly DtlsEndpoint _endpoint;
    private readonly VpnPeer _peer;
    private readonly PeerEndpoint _target;
    private readonly Action<DtlsPeer, VpnPeer> _session;
    private readonly ILogger _logger;
    private readonly Thread _thread;

    /// <param name="session">Runs on the caller's thread once the peer has been verified.</param>
    public PeerCaller(DtlsEndpoint endpoint, VpnPeer peer, PeerEndpoint target, Action<DtlsPeer, VpnPeer> session, ILogger logger)
    {
        _endpoint = endpoint;
        _peer = peer;
        _target = target;
        _session = session;
        _logger = logger;
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = $"call-{peer.Name}" };
    }

    public void Start() => _thread.Start();

    /// <summary>Waits for the thread, if it was started; the peer must have been stopped and the endpoint disposed.</summary>
    public bool Join(TimeSpan limit) => !_thread.IsAlive || _thread.Join(limit);

    private void Run()
    {
        TimeSpan pause = FirstPause;
        while (_peer.WaitUntilDisconnected())
        {
            if (Call())
            {
                pause = FirstPause;
            }
            else
            {
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }

            _peer.WaitUntilConnected(pause); // it may call us meanwhile
        }
    }

    /// <summary>One attempt and, if it succeeds, the session.</summary>
    /// <returns>
    /// Whether there was a session that lasted. One that ends at once was refused by one of the sides, and will be the next time too.
    /// </returns>
    private bool Call()
    {
        if (Connect() is not { } association)
        {
            return false;
        }

        long start = Stopwatch.GetTimestamp();
        using (association)
        {
            try
            {
                _session(association, _peer);
            }
            catch (Exception exception) when (exception is DtlsException or ObjectDisposedException)
            {
                // The association has failed, or the node is stopping; the endpoint logs which when it is disposed.
            }
            catch (CryptographicException) when (_peer.IsStopped)
            {
                // The endpoint's end has freed the peer's certificate while the session looked at it.
            }
        }

        return Stopwatch.GetElapsedTime(start) >= SteadySession;
    }

    private DtlsPeer? Connect()
    {
        try
        {
            return _endpoint.Connect(Resolve());
        }
        catch (DtlsPeerExistsException)
        {
            return null; // the peer is calling us, or its last association is just ending
        }
        catch (Exception exception)
            when (exception is DtlsException or TimeoutException or SocketException or ArgumentException or InvalidOperationException)
        {
            if (!_peer.IsStopped) // else it is the node itself that has given the call up
            {
                VpnLogger.CallFailed(_logger, _peer.Name, _target, exception.Message);
            }

            return null;
        }
    }

    private IPEndPoint Resolve()
    {
        if (_target.Address is { } address)
        {
            return new IPEndPoint(address, _target.Port);
        }

        IPAddress local = _endpoint.LocalEndPoint.Address;
        IPAddress? found = Array.Find(
            Dns.GetHostAddresses(_target.Host), candidate => local.Equals(IPAddress.IPv6Any) || candidate.AddressFamily == local.AddressFamily);
        return found is not null
            ? new IPEndPoint(found, _target.Port)
            : throw new ArgumentException($"{_target.Host} has no address that {_endpoint.LocalEndPoint} reaches");
    }
}
