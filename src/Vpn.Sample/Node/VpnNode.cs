using System.Net;
using FifoDtls;
using FifoVpn.Devices;
using FifoVpn.Packets;
using FifoVpn.Routing;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Node;

/// <summary>
/// A node of the VPN: a packet device on one side, an endpoint with its peers on the other. One thread reads the device and sends each packet to the
/// peer that has its destination; each peer's thread receives that peer's packets, checks their source and writes them to the device.
/// </summary>
internal sealed partial class VpnNode : IDisposable
{
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(5);

    private readonly IPacketDevice _device;
    private readonly ILogger _logger;
    private readonly DtlsEndpoint _endpoint;
    private readonly VpnPeer[] _peers;
    private readonly PeerCaller[] _callers;
    private readonly RoutingTable<VpnPeer> _routes = new();
    private readonly Thread _deviceThread;
    private int _disposed;

    /// <summary>Binds the socket; peers can call from now on. The device becomes the node's.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address can't be bound.</exception>
    public VpnNode(VpnNodeOptions options, IPacketDevice device, ILoggerFactory loggerFactory)
    {
        _device = device;
        _logger = loggerFactory.CreateLogger($"FifoVpn.{options.Name}");
        Name = options.Name;
        _peers = [.. options.Peers.Select(config => new VpnPeer(config))];
        _routes.Replace([.. _peers.SelectMany(peer => peer.Config.Prefixes.Select(prefix => new Route<VpnPeer>(prefix, peer)))]);
        _deviceThread = new Thread(ReadDevice) { IsBackground = true, Name = "vpn-device" };
        _endpoint = new DtlsEndpoint(
            new DtlsEndpointOptions
            {
                LocalEndPoint = options.Listen,
                ServerContext = options.Context,
                ClientContext = options.Context,
                Session = RunIncoming,
                HandshakeTimeout = options.HandshakeTimeout,
                FifoCapacity = 1024, // TCP sends in bursts of its window; 256 lost 7 % of them in a first measurement
                MaxDatagramSize = device.Mtu + VpnNodeOptions.DatagramOverhead,
            },
            loggerFactory);
        _callers =
        [
            .. _peers.Where(peer => peer.Config.Endpoint is not null)
                .Select(peer => new PeerCaller(_endpoint, peer, peer.Config.Endpoint!, RunOutgoing, _logger)),
        ];
    }

    /// <summary>Called once, on the device's thread, when the device has failed for good and the node can do no more than be disposed.</summary>
    public Action<DeviceException>? DeviceFailed { get; set; }

    public string Name { get; }

    public IPEndPoint LocalEndPoint => _endpoint.LocalEndPoint;

    public IReadOnlyList<VpnPeer> Peers => _peers;

    /// <summary>What can't be laid at one peer's door.</summary>
    public PacketCounters Counters { get; } = new();

    public DtlsEndpointStatistics EndpointStatistics => _endpoint.Statistics;

    /// <summary>Begins to read the device and to call the peers.</summary>
    public void Start()
    {
        _deviceThread.Start();
        foreach (PeerCaller caller in _callers)
        {
            caller.Start();
        }

        VpnLogger.Started(_logger, _device.Name, _device.Mtu, LocalEndPoint, _peers.Length);
    }

    /// <summary>Closes the associations with close_notify, ends the threads and disposes the device. Bounded.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        foreach (VpnPeer peer in _peers)
        {
            peer.Stop();
        }

        _endpoint.Dispose();
        _device.Dispose();
        bool ended = _callers.All(caller => caller.Join(JoinLimit)) && (!_deviceThread.IsAlive || _deviceThread.Join(JoinLimit));
        if (!ended)
        {
            VpnLogger.ThreadsStillRunning(_logger, JoinLimit.TotalSeconds);
        }

        VpnLogger.Stopped(_logger, Counters.DescribeDrops());
    }

    private void ReadDevice()
    {
        byte[] packet = new byte[_device.Mtu];
        try
        {
            for (int length = _device.Read(packet); length > 0; length = _device.Read(packet))
            {
                Forward(packet.AsSpan(0, length));
            }
        }
        catch (DeviceException exception)
        {
            VpnLogger.DeviceFailed(_logger, _device.Name, exception.Message);
            DeviceFailed?.Invoke(exception);
        }
    }

    /// <summary>From the device to the peer that has the destination.</summary>
    private void Forward(ReadOnlySpan<byte> packet)
    {
        if (!IpPacket.TryParse(packet, out IpPacket parsed, out _))
        {
            Counters.CountDrop(DropReason.MalformedFromDevice);
        }
        else if (!_routes.TryFind(parsed.Destination, out VpnPeer? peer))
        {
            Counters.CountDrop(DropReason.NoRoute);
        }
        else
        {
            peer.Send(packet);
        }
    }
}
