using System.Net;
using FifoDtls;
using FifoVpn.Control;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Rendezvous;

/// <summary>
/// Where nodes learn of each other. A node registers over DTLS from the very socket that it uses for its peers, so the server sees the address that others reach it at. On
/// request the server tells each of two nodes where the other is, both at the same time, and it relays DTLS datagrams between two that it has introduced. It sees who talks to
/// whom, never what.
/// </summary>
/// <remarks>One thread per node, which serves its messages; what it sends to other nodes goes straight to the socket, so no node waits for another.</remarks>
internal sealed partial class RendezvousServer : IDisposable
{
    // A full table says so: that takes associations beyond it, and so do nodes that come back while their old association ends.
    private const int MinSlack = 64;

    // What a node relays is a DTLS datagram that holds a packet of the tunnel, 1,437 bytes with the default MTU, behind the header of the relay; and the association
    // with the server adds its own 37.
    private const int MaxDatagramSize = 1_500;

    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    private readonly RendezvousServerOptions _options;
    private readonly ILogger _logger;
    private readonly NodeRegistry _registry;
    private readonly RendezvousCounters _counters = new();
    private readonly LimitReporter _tableFull;
    private readonly LimitReporter _requestsLimited;
    private readonly LimitReporter _relayLimited;
    private readonly LimitReporter _malformed;
    private readonly LimitReporter _channelsFull;
    private readonly TimeSpan _silence;
    private readonly DtlsEndpoint _endpoint;
    private int _disposed;

    /// <summary>Binds the socket and serves from now on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The address can't be bound.</exception>
    public RendezvousServer(RendezvousServerOptions options, ILoggerFactory loggerFactory)
    {
        options.Validate();
        _options = options;
        _logger = loggerFactory.CreateLogger($"FifoVpn.{options.Name}");
        _registry = new NodeRegistry(options.MaxNodes, options.Relay ? NewRelayLimit : null);
        _tableFull = new LimitReporter(options.Clock);
        _requestsLimited = new LimitReporter(options.Clock);
        _relayLimited = new LimitReporter(options.Clock);
        _malformed = new LimitReporter(options.Clock);
        _channelsFull = new LimitReporter(options.Clock);
        _silence = 3 * options.Keepalive;
        _endpoint = new DtlsEndpoint(
            new DtlsEndpointOptions
            {
                LocalEndPoint = options.Listen,
                ServerContext = options.Context,
                Session = Serve,
                MaxPeers = options.MaxNodes + Math.Max(MinSlack, options.MaxNodes / 8),
                HandshakeTimeout = HandshakeTimeout,
                FifoCapacity = 1_024, // relayed flows come in bursts of TCP's window
                MaxDatagramSize = MaxDatagramSize,
                ShutdownTimeout = options.ShutdownTimeout,
            },
            loggerFactory);
        RendezvousLogger.Started(_logger, LocalEndPoint, options.MaxNodes, options.Keepalive.TotalSeconds, options.Relay);
    }

    public IPEndPoint LocalEndPoint => _endpoint.LocalEndPoint;

    public RendezvousStatistics Statistics => _counters.Snapshot(_registry.Counts);

    public DtlsEndpointStatistics EndpointStatistics => _endpoint.Statistics;

    internal RegistryCounts RegistryCounts => _registry.Counts;

    /// <summary>Tells all nodes, closes their associations and waits for their threads, for <see cref="RendezvousServerOptions.ShutdownTimeout"/> at most.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        foreach (RendezvousNode node in _registry.Close())
        {
            node.EndAs(NodeEnd.ShuttingDown);
            node.SayBye(ByeReason.ShuttingDown, "the rendezvous server is shutting down");
        }

        _endpoint.Dispose();
        RendezvousStatistics statistics = Statistics;
        RendezvousLogger.Stopped(_logger, statistics.Registrations, statistics.Introductions, statistics.RelayedBytes);
    }

    private RateLimit NewRelayLimit() => new(_options.RelayBytesPerSecond, Math.Max(64 << 10, _options.RelayBytesPerSecond / 4.0), _options.Clock);
}
