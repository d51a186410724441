using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoDtls;

/// <summary>
/// DTLS for many peers over one UDP socket, in blocking code: one thread reads the socket and pushes each datagram into its peer's FIFO; each peer has a
/// thread of its own for the handshake and the session; whoever sends, sends to the socket directly. Accepts and connects on the same socket.
/// </summary>
/// <remarks>
/// All members are thread-safe. Sources are unknown until they have proved by a cookie that they receive at their address (RFC 6347 §4.2.1): until then nothing is kept of
/// them. A client that starts anew from the address of a live peer does so beside it, and takes its place once it has been verified (§4.2.8).
/// </remarks>
public sealed partial class DtlsEndpoint : IDisposable
{
    private readonly ILogger _logger;
    private readonly UdpSocket _socket;
    private readonly SocketReader _reader;
    private readonly HandshakeGate _gate;
    private readonly TokenBucket _handshakeRate;
    private readonly HelloReassemblies _reassemblies;
    private readonly PeerTable _peers;
    private readonly WorkerThreads _workers;
    private readonly AcceptQueue _accepted;
    private readonly EndpointCounters _counters = new();
    private readonly DropReporter _drops;
    private readonly IdleWatch? _idleWatch;
    private int _disposed;

    /// <summary>Binds the socket and starts to serve.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range, or there is nothing to do.</exception>
    /// <exception cref="InvalidOperationException">A context says too little for its role; the message names the property.</exception>
    /// <exception cref="SocketException">The address can't be bound: <see cref="SocketException.SocketErrorCode"/> says why.</exception>
    public DtlsEndpoint(DtlsEndpointOptions options, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Options = options;
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<DtlsEndpoint>();
        _drops = new DropReporter(_logger, TimeProvider.System);
        _socket = new UdpSocket(options.LocalEndPoint ?? AnyAddress(), options.SocketBufferSize, options.SocketBufferSize, options.DontFragment, options.SegmentationOffload);
        try
        {
            var answerRate = new TokenBucket(options.MaxHelloVerifyRequestsPerSecond, TimeProvider.System);
            _gate = new HandshakeGate(_socket, new CookieKeys(options.CookieRotation, TimeProvider.System, options.CookieKey.Span), answerRate, _counters, _drops);
            _handshakeRate = new TokenBucket(options.MaxHandshakesPerSecond, TimeProvider.System);
            _reassemblies = new HelloReassemblies(options.MaxHelloReassemblies, options.MaxReceiveSize, TimeProvider.System);
            _peers = new PeerTable(options.MaxPeers);
            _workers = new WorkerThreads(options.WorkerStackSize, options.MaxParkedThreads, parkingTime: TimeSpan.FromSeconds(30), _logger) { KeepsSpare = options.Session is not null };
            _accepted = new AcceptQueue(options.AcceptBacklog);
            _reader = new SocketReader(_socket, _socket.CreateReceiver(options.MaxReceiveSize), Dispatch, EndOfBatch, _logger);
            WorkersLogger.Listening(_logger, LocalEndPoint, _socket.UsableReceiveBufferSize, options.SocketBufferSize, SendsSegments, ReceivesSegments);
            WarnOfKeyLogs();
            _idleWatch = IdleWatch.StartIfWanted(options.IdleTimeout, _peers);
            _reader.Start(); // the last that can fail: with it, peers come
        }
        catch
        {
            // A logger that throws, no memory, no threads: nobody gets the endpoint, so nobody else could let go of its port.
            _idleWatch?.Dispose();
            _socket.Dispose();
            _gate?.Dispose();
            throw;
        }

        EndpointMetrics.Add(this);
    }

    /// <summary>The address and port that the socket is bound to.</summary>
    public IPEndPoint LocalEndPoint => _socket.LocalEndPoint;

    /// <summary>The counters now.</summary>
    public DtlsEndpointStatistics Statistics => new(
        _peers.Count,
        Volatile.Read(ref _counters.HandshakesInProgress),
        _workers.Count,
        Interlocked.Read(ref _counters.Accepted),
        Interlocked.Read(ref _counters.Connected),
        Interlocked.Read(ref _counters.HandshakesFailed),
        Interlocked.Read(ref _counters.DatagramsReceived),
        Interlocked.Read(ref _counters.BytesReceived),
        Interlocked.Read(ref _counters.DatagramsSent),
        Interlocked.Read(ref _counters.BytesSent),
        _socket.SendErrors,
        Interlocked.Read(ref _counters.UnknownSources),
        Interlocked.Read(ref _counters.MalformedHellos),
        Interlocked.Read(ref _counters.HelloVerifyRequests),
        Interlocked.Read(ref _counters.InvalidCookies),
        Interlocked.Read(ref _counters.RefusedPeersFull),
        Interlocked.Read(ref _counters.RefusedHandshakesFull),
        Interlocked.Read(ref _counters.CrossedHellos),
        Interlocked.Read(ref _counters.FifoDrops))
    {
        KernelDrops = _socket.KernelDrops,
        HelloVerifyRequestsLimited = Interlocked.Read(ref _counters.HelloVerifyRequestsLimited),
        RefusedHandshakeRate = Interlocked.Read(ref _counters.RefusedHandshakeRate),
        HellosReassembled = Interlocked.Read(ref _counters.HellosReassembled),
        HelloFragmentsDropped = Interlocked.Read(ref _counters.HelloFragmentsDropped),
        OversizedHellos = Interlocked.Read(ref _counters.OversizedHellos),
        RefusedReassembliesFull = Interlocked.Read(ref _counters.RefusedReassembliesFull),
        Opens = Interlocked.Read(ref _counters.Opens),
        OpensFailed = Interlocked.Read(ref _counters.OpensFailed),
        ClientResumptions = Interlocked.Read(ref _counters.ClientResumptions),
        ServerResumptions = Interlocked.Read(ref _counters.ServerResumptions),
        ClientCloses = Interlocked.Read(ref _counters.ClientCloses),
        ServerCloses = Interlocked.Read(ref _counters.ServerCloses),
        ClientCertificatesRefused = Interlocked.Read(ref _counters.ClientCertificatesRefused),
        ServerCertificatesUnknown = Interlocked.Read(ref _counters.ServerCertificatesUnknown),
        ServerCertificatesInvalid = Interlocked.Read(ref _counters.ServerCertificatesInvalid),
        SendsWithoutAssociation = Interlocked.Read(ref _counters.SendsWithoutAssociation),
        SendsAfterDisposal = Interlocked.Read(ref _counters.SendsAfterDisposal),
        DatagramsInvalid = Interlocked.Read(ref _totals.DatagramsInvalid),
        Retransmissions = Interlocked.Read(ref _totals.Retransmissions),
    };

    internal DtlsEndpointOptions Options { get; }

    /// <summary>
    /// Closes all associations with a close_notify, waits up to <see cref="DtlsEndpointOptions.ShutdownTimeout"/> for their threads, and closes the socket. Blocked
    /// calls of peers end. May be called from a session delegate, which is then not waited for.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        Deadline deadline = Deadline.After(Options.ShutdownTimeout);
        DtlsPeer[] peers = _peers.Close();
        foreach (DtlsPeer peer in peers)
        {
            peer.Stop(DtlsPeerEnd.EndpointClosed);
        }

        // After the peers have been stopped, so that none finds the queue closed and is told as not accepted. Who was replaced while in
        // the queue is in no table any more, and only here can its end be completed.
        foreach (DtlsPeer untaken in _accepted.Close())
        {
            untaken.Dispose();
        }

        _idleWatch?.Dispose();
        _workers.Dispose();
        if (!_workers.WaitForEnd(deadline))
        {
            WorkersLogger.SessionsStillRunning(_logger, LocalEndPoint, _workers.Count, Options.ShutdownTimeout.TotalSeconds);
        }

        foreach (DtlsPeer peer in peers)
        {
            peer.Abandon();
        }

        _socket.Dispose();
        _reader.Join(Options.ShutdownTimeout);
        _gate.Dispose();
        EndpointMetrics.Remove(this);
        WorkersLogger.Closed(_logger, LocalEndPoint);
    }

    /// <summary>
    /// A worker's connection for an attempt. Made on the worker's thread. Who was called and then plays the client (see <see cref="ResolveCrossing"/>) still proves what the caller has asked for.
    /// </summary>
    internal DtlsConnection CreateConnection(PeerExchange exchange, DtlsConnectOptions? connectOptions, EarlyPayloads? early) =>
        exchange.Role == DtlsRole.Server
            ? new DtlsConnection(Options.ServerContext!, exchange.Transport, DtlsRole.Server, ServerOptions(connectOptions, early))
            : new DtlsConnection(Options.ClientContext!, exchange.Transport, DtlsRole.Client, ClientOptions(connectOptions, early));

    /// <summary>A worker's handshake is done: the peer takes its address over from the one that it succeeds.</summary>
    internal void Established(DtlsPeer peer)
    {
        if (peer.Role == DtlsRole.Server)
        {
            Interlocked.Decrement(ref _counters.HandshakesInProgress);
            EndpointCounters.Count(ref _counters.Accepted);
        }
        else
        {
            EndpointCounters.Count(ref _counters.Connected);
        }

        CountResumption(peer);
        EndpointMetrics.HandshakeDone(this, peer, DtlsPeerEnd.None);
        DtlsNegotiated negotiated = peer.Negotiated!;
        WorkersLogger.Established(_logger, peer.RemoteEndPoint, peer.Role, negotiated.Version, negotiated.CipherSuite, negotiated.PeerSubject ?? PskOf(negotiated));
        if (_peers.Promote(peer) is { } replaced)
        {
            replaced.Stop(DtlsPeerEnd.Replaced);
            replaced.LeaveQueue();
        }
    }

    internal bool OfferToAccept(DtlsPeer peer) => _accepted.TryAdd(peer);

    /// <returns>Whether the peer stood in the queue: nobody will take it any more.</returns>
    internal bool Withdraw(DtlsPeer peer) => _accepted.TryRemove(peer);

    /// <summary>A peer has ended.</summary>
    internal void Ended(DtlsPeer peer, bool wasEstablished)
    {
        _peers.Remove(peer);
        CountEnd(peer, wasEstablished);
        if (!wasEstablished)
        {
            EndpointCounters.Count(ref _counters.HandshakesFailed);
            if (peer.Role == DtlsRole.Server)
            {
                Interlocked.Decrement(ref _counters.HandshakesInProgress);
            }

            if (!peer.IsAwaited)
            {
                WorkersLogger.HandshakeFailed(_logger, peer.RemoteEndPoint, peer.Role, peer.End, peer.Failure?.Message ?? "no association");
            }
        }
        else
        {
            DtlsConnectionStatistics s = peer.Statistics;
            WorkersLogger.Ended(
                _logger, peer.RemoteEndPoint, peer.End, peer.Failure?.Message ?? "in order", s.PayloadsReceived, s.PayloadsSent, s.DatagramsInvalid, peer.FifoStatistics.DroppedFull);
        }

        if (peer.End == DtlsPeerEnd.SessionFailed)
        {
            WorkersLogger.CallbackFailed(_logger, peer.RemoteEndPoint, "the session delegate", peer.Failure!);
        }

        try
        {
            Options.PeerEnded?.Invoke(peer);
        }
        catch (Exception exception)
        {
            WorkersLogger.CallbackFailed(_logger, peer.RemoteEndPoint, nameof(DtlsEndpointOptions.PeerEnded), exception);
        }
    }

    private static IPEndPoint AnyAddress() => new(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
}
