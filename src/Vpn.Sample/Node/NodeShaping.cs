using FifoVpn.Shaping;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Node;

/// <summary>The rates of a node: there is a shaper, and its thread, only when one is configured. Thread-safe.</summary>
internal sealed class NodeShaping(VpnNodeOptions options, ILogger logger) : IDisposable
{
    private readonly Lock _lock = new();
    private PacketShaper? _shaper;
    private bool _disposed;

    /// <summary>Makes packets to the peer keep to its rate, as it is configured now, and to the common one.</summary>
    public void Shape(VpnPeer peer)
    {
        long? rate = peer.Config.RateLimit ?? options.PeerRateLimit;
        lock (_lock)
        {
            if (_disposed || (rate is null && options.RateLimit is null))
            {
                peer.Shape(null);
                return;
            }

            if (_shaper is null)
            {
                _shaper = new PacketShaper(options.RateLimit, logger);
                _shaper.Start();
            }

            peer.Shape(_shaper.CreateQueue(rate, peer.SendShaped));
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _shaper?.Dispose();
        }
    }
}
