using FifoVpn.Configuration;
using FifoVpn.Status;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Service;

// What lets others look at the node.
internal sealed partial class NodeService
{
    private StatusServer? _status;
    private MetricsServer? _metrics;

    /// <summary>Makes the sockets.</summary>
    /// <exception cref="ConfigException">A socket that the configuration asks for can't be made.</exception>
    private void MakeObservers(Stack<IDisposable> made)
    {
        _status = StatusServer.TryOpen(
            _config.StatusSocket, $"{ServiceKeys.RuntimeFolder}/{_config.Device}.sock", path => new StatusServer(path, _node, _logger), _logger);
        if (_status is not null)
        {
            made.Push(_status);
        }

        if (_config.Metrics is { } local)
        {
            made.Push(_metrics = new MetricsServer(local, _node, _logger));
        }
    }

    private void StartObservers()
    {
        _status?.Start();
        _metrics?.Start();
    }

    private void DisposeObservers()
    {
        _status?.Dispose();
        _metrics?.Dispose();
    }
}
