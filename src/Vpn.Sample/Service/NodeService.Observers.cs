using FifoVpn.Configuration;
using FifoVpn.Status;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Service;

// What lets others look at the node.
internal sealed partial class NodeService
{
    private StatusServer? _status;
    private MetricsServer? _metrics;

    /// <summary>Makes the sockets. The default status socket is a service to the user and no wish of his: where it can't be made, the node runs without.</summary>
    /// <exception cref="ConfigException">A socket that the configuration asks for can't be made.</exception>
    private void MakeObservers(Stack<IDisposable> made)
    {
        if (_config.StatusSocket is { } path)
        {
            try
            {
                made.Push(_status = new StatusServer(path, _node, _logger));
            }
            catch (ConfigException exception) when (path == $"{ServiceKeys.RuntimeFolder}/{_config.Device}.sock")
            {
                ServiceLogger.NoStatusSocket(_logger, exception.Message);
            }
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
