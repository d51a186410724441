using System.Net.Sockets;
using FifoDtls;
using FifoVpn.Cli;
using FifoVpn.Configuration;
using FifoVpn.Devices;
using FifoVpn.Node;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Service;

/// <summary>
/// A node as a service: it owns the credentials, the context, the TUN device, the system's routes and the node. One thread, that of <see cref="Run"/>, does all of its work;
/// the node's threads and signals leave word in the inbox.
/// </summary>
internal sealed partial class NodeService : IDisposable
{
    private readonly NodeConfig _config; // what the node was started with
    private readonly ServiceInbox _inbox;
    private readonly ServiceManager _manager;
    private readonly ILogger _logger;
    private readonly NodeCredentials _credentials;
    private readonly DtlsContext _context;
    private readonly TunDevice _device;
    private readonly LinkConfigurator _link;
    private readonly SystemRoutes _routes;
    private readonly HookRunner _hooks;
    private readonly VpnNode _node;
    private HookConfig _hookConfig; // what was read last
    private volatile DeviceException? _failure;

    /// <summary>Makes and configures the device and binds the socket; peers can call from now on.</summary>
    /// <param name="load">Reads the configuration again.</param>
    /// <exception cref="DtlsCredentialException">A file can't be read, or the key does not belong to the certificate.</exception>
    /// <exception cref="Pki.PkiException">The certificate names no node or does not carry an address.</exception>
    /// <exception cref="DeviceException">The device can't be made or configured.</exception>
    /// <exception cref="ExitException">The socket can't be bound.</exception>
    /// <exception cref="ConfigException">A socket for status or metrics can't be made.</exception>
    public NodeService(NodeConfig config, Func<NodeConfig> load, ServiceInbox inbox, ServiceManager manager, LogLevelSwitch logLevel, ILoggerFactory loggers)
    {
        _config = config;
        _hookConfig = config.Hooks;
        _load = load;
        _inbox = inbox;
        _manager = manager;
        _logLevel = logLevel;
        _logger = loggers.CreateLogger("FifoVpn.Service");
        _revocationFiles = new RevocationFiles(config.RevocationListPaths); // before they are read: no change is missed
        Stack<IDisposable> made = new();
        try
        {
            made.Push(_credentials = NodeCredentials.Load(config));
            _credentialFiles = CredentialFiles.Read(config);
            made.Push(_context = NodeSetup.CreateContext(_credentials));
            made.Push(_device = NodeSetup.OpenDevice(config));
            made.Push(_link = new LinkConfigurator(_device.Name));
            _routes = new SystemRoutes([.. config.Addresses.Select(address => address.Network)], _link.AddRoute, _link.RemoveRoute, _logger);
            made.Push(_node = CreateNode(loggers));
            MakeObservers(made);
        }
        catch
        {
            while (made.TryPop(out IDisposable? part))
            {
                part.Dispose();
            }

            throw;
        }

        _hooks = new HookRunner(HookRunner.EnvironmentOf(config, _node.Name, _device.Name, _device.Mtu), () => inbox.IsStopping, _logger);
        _node.RoutesChanged = () => inbox.Post(ServiceRequests.UpdateRoutes);
        _node.DeviceFailed = exception =>
        {
            _failure = exception;
            inbox.Post(ServiceRequests.Stop);
        };
    }

    /// <summary>Runs the node until <see cref="ServiceRequests.Stop"/> is posted.</summary>
    /// <exception cref="DeviceException">The device has failed meanwhile.</exception>
    /// <exception cref="ExitException">The up hook has failed; then the down hook does not run.</exception>
    public void Run()
    {
        foreach (string warning in _config.Warnings.Concat(_credentials.Warnings))
        {
            VpnLogger.ConfigurationWarning(_logger, warning);
        }

        UpdateRoutes();
        if (_hooks.Run(HookEvent.Up, _hookConfig.Up) is { } failure && !_inbox.IsStopping)
        {
            throw new ExitException(ExitCode.HookFailed, failure);
        }

        _node.Start();
        StartObservers();
        _manager.Ready(Describe());
        Serve();
        ServiceLogger.Stopping(_logger);
        _manager.Stopping();
        if (_hooks.Run(HookEvent.Down, _hookConfig.Down) is { } downFailure)
        {
            ServiceLogger.HookFailed(_logger, downFailure);
        }

        if (_failure is { } deviceFailure)
        {
            throw deviceFailure;
        }
    }

    /// <summary>Tells the peers and takes everything down. Bounded.</summary>
    public void Dispose()
    {
        DisposeObservers();
        _node.Dispose(); // and with it the device and its routes
        _link.Dispose();
        _context.Dispose();
        _credentials.Dispose();
    }

    private void UpdateRoutes() => _routes.Update(_node.Peers.Select(peer => (peer.Name, _node.PrefixesOf(peer))));

    private VpnNode CreateNode(ILoggerFactory loggers)
    {
        try
        {
            return new VpnNode(NodeSetup.OptionsOf(_config, _config.Name ?? _credentials.Identity.Name, _context), _device, loggers);
        }
        catch (SocketException exception)
        {
            throw new ExitException(
                ExitCode.Network, $"listen: the UDP address {_config.Listen} can't be bound: {exception.Message}; choose another port or address");
        }
    }
}
