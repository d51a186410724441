using System.Net;
using FifoDtls;
using FifoVpn.Configuration;
using FifoVpn.Devices;
using FifoVpn.Packets;
using FifoVpn.Rendezvous;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Node;

/// <summary>
/// A node of the VPN: a packet device on one side, an endpoint with its peers on the other. One thread reads the device and sends each packet to the
/// peer that has its destination; each association's thread receives that peer's packets, checks their source and writes them to the device.
/// </summary>
internal sealed partial class VpnNode : IDisposable
{
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(5);

    // Round trips are rarely longer; a call through NATs lives from its repetitions.
    private static readonly TimeSpan RetransmissionTimeout = TimeSpan.FromMilliseconds(500);

    // What every path is taken to carry, as the path of a handshake is not known yet.
    private const int HandshakeDatagramSize = 1280 - VpnNodeOptions.IPv6Overhead;

    private readonly VpnNodeOptions _options;
    private readonly IPacketDevice _device;
    private readonly ILogger _logger;
    private readonly DtlsEndpoint _endpoint;
    private readonly PeerDirectory _directory;
    private readonly NodeShaping _shaping;
    private readonly RendezvousClient[] _rendezvous;
    private readonly RelayedAssociations _relayed = new();
    private readonly Discovery? _discovery;
    private readonly IcmpRateLimit _icmpRate = new();
    private readonly Lock _lock = new(); // guards the callers, the start and the end
    private readonly Dictionary<VpnPeer, PeerCaller> _callers = [];
    private readonly DeviceReader _deviceReader;
    private bool _started;
    private bool _disposed;

    /// <summary>Binds the socket; peers can call from now on. The device becomes the node's.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address can't be bound.</exception>
    public VpnNode(VpnNodeOptions options, IPacketDevice device, ILoggerFactory loggerFactory)
    {
        _options = options;
        _device = device;
        _logger = loggerFactory.CreateLogger($"FifoVpn.{options.Name}");
        _shaping = new NodeShaping(options, _logger);
        _directory = new PeerDirectory(options.MaxPeers);
        _directory.Configure(options.Peers, CreatePeer, out _);
        _deviceReader = new DeviceReader(device, Forward, TellDeviceFailed);
        _endpoint = new DtlsEndpoint(
            new DtlsEndpointOptions
            {
                LocalEndPoint = options.Listen,
                ServerContext = options.Context,
                ClientContext = options.Context,
                Session = RunIncoming,
                HandshakeTimeout = options.HandshakeTimeout,
                RetransmissionTimeout = RetransmissionTimeout,
                FifoCapacity = 256, // what stands in it is latency: with 1,024, TCP was an eighth faster, and a ping beside it took 2.5 times as long
                MaxDatagramSize = device.Mtu + VpnNodeOptions.DatagramOverhead,
                MaxHandshakeDatagramSize = HandshakeDatagramSize,
                SegmentationOffload = options.Offload,
                DontFragment = true, // what gets through in one piece is found out for each peer
            },
            loggerFactory);
        var events = new Meetings(this);
        _rendezvous = [.. options.Rendezvous.Select(config => new RendezvousClient(config, _endpoint, events, options.Keepalive, options.HandshakeTimeout, _logger))];
        _discovery = options.Discover && _rendezvous.Length > 0 ? new Discovery(this) : null;
    }

    /// <summary>Called once, on the device's thread, when the device has failed for good and the node can do no more than be disposed.</summary>
    public Action<DeviceException>? DeviceFailed { get; set; }

    /// <summary>Called when what is routed to the peers may have changed, on the thread that has changed it, one call at a time or several.</summary>
    public Action? RoutesChanged { get; set; }

    public string Name => _options.Name;

    public IPEndPoint LocalEndPoint => _endpoint.LocalEndPoint;

    public IReadOnlyList<VpnPeer> Peers => _directory.Peers;

    public IReadOnlyList<RendezvousClient> RendezvousServers => _rendezvous;

    /// <summary>What can't be laid at one peer's door.</summary>
    public PacketCounters Counters { get; } = new();

    public DtlsEndpointStatistics EndpointStatistics => _endpoint.Statistics;

    /// <summary>What is routed to a peer.</summary>
    public IReadOnlyList<IpPrefix> PrefixesOf(VpnPeer peer) => _directory.PrefixesOf(peer);

    /// <summary>Begins to read the device, to register with the rendezvous servers and to call the peers.</summary>
    public void Start()
    {
        lock (_lock)
        {
            _started = true;
        }

        _deviceReader.Start();
        foreach (RendezvousClient client in _rendezvous)
        {
            client.Start();
        }

        _discovery?.Start();
        foreach (VpnPeer peer in Peers)
        {
            StartCaller(peer);
        }

        VpnLogger.Started(_logger, _device.Name, _device.Mtu, LocalEndPoint, Peers.Count, string.Join(", ", Offloads) is { Length: > 0 } offloads ? offloads : "none");
    }

    /// <summary>Makes these the configured peers. Associations with those that stay live on; those that are none any more are ended.</summary>
    public void ReplacePeers(IReadOnlyList<PeerConfig> configs)
    {
        _directory.Configure(configs, CreatePeer, out IReadOnlyList<VpnPeer> removed);
        foreach (VpnPeer peer in removed)
        {
            Remove(peer);
        }

        RoutesChanged?.Invoke();

        foreach (VpnPeer peer in Peers.Where(peer => !peer.IsDiscovered))
        {
            peer.CanBeCalled = IsCallable(peer.Config);
            _shaping.Shape(peer);
            peer.CloseLinks(link => link.Identity is { } identity && !PeerIdentity.MayBe(peer, identity.Certificate, out _));
            StartCaller(peer);
        }
    }

    /// <summary>Closes the associations with close_notify, ends the threads and disposes the device. Bounded.</summary>
    public void Dispose()
    {
        PeerCaller[] callers;
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            callers = [.. _callers.Values];
        }

        _discovery?.Stop();
        foreach (VpnPeer peer in Peers)
        {
            SayBye(peer, Control.ByeReason.ShuttingDown, "it is shutting down");
            peer.Stop();
        }

        Array.ForEach(_rendezvous, client => client.Stop());
        _shaping.Dispose();
        _endpoint.Dispose();
        _device.Dispose();
        bool ended = callers.All(caller => caller.Join(JoinLimit)) && _rendezvous.All(client => client.Join(JoinLimit))
            && _discovery?.Join(JoinLimit) is not false && _deviceReader.Join(JoinLimit);
        if (ended)
        {
            _deviceReader.Dispose();
        }
        else
        {
            VpnLogger.ThreadsStillRunning(_logger, JoinLimit.TotalSeconds);
        }

        VpnLogger.Stopped(_logger, Counters.DescribeDrops());
    }

    private bool IsCallable(PeerConfig config) => config.Endpoint is not null || _options.Rendezvous.Count > 0;

    private VpnPeer CreatePeer(PeerConfig config)
    {
        VpnPeer peer = new(config, Name) { CanBeCalled = IsCallable(config) };
        _shaping.Shape(peer);
        _totals.Add(peer.Counters);
        return peer;
    }

    /// <summary>Gives a peer that can be called its caller, once the node runs.</summary>
    private void StartCaller(VpnPeer peer)
    {
        lock (_lock)
        {
            if (_started && !_disposed && !peer.IsStopped && peer.CanBeCalled && !_callers.ContainsKey(peer))
            {
                var caller = new PeerCaller(peer, this, _rendezvous, _options.HandshakeTimeout, _logger);
                _callers.Add(peer, caller);
                caller.Start();
            }
        }
    }

    private void Remove(VpnPeer peer)
    {
        peer.Stop();
        lock (_lock)
        {
            _callers.Remove(peer); // its thread ends by itself
        }

        _totals.Retire(peer.Counters);
        RoutesChanged?.Invoke();
    }
}
