using FifoVpn.Shaping;
using Microsoft.Extensions.Logging;

namespace FifoVpn.Node;

/// <summary>The rates of a node: there is a shaper, and its thread, only when one is configured. Thread-safe.</summary>
internal sealed class NodeShaping(VpnNodeOptions options, ILogger logger) : IDisposable
{
    private readonly Lock _lock = new();
    private long? _rateLimit = options.RateLimit;
    private long? _peerRateLimit = options.PeerRateLimit;
    private PacketShaper? _shaper;
    private PacketShaper? _former; // peers may still have queues of it
    private bool _disposed;

    /// <summary>Makes packets to the peer keep to its rate, as it is configured now, and to the common one.</summary>
    public void Shape(VpnPeer peer)
    {
        lock (_lock)
        {
            long? rate = peer.Config.RateLimit ?? _peerRateLimit;
            if (_disposed || (rate is null && _rateLimit is null))
            {
                peer.Shape(null);
                return;
            }

            if (_shaper is null)
            {
                _shaper = new PacketShaper(_rateLimit, logger);
                _shaper.Start();
            }

            peer.Shape(_shaper.CreateQueue(rate, peer.SendShaped));
        }
    }

    /// <summary>Takes other rates. Each peer then needs <see cref="Shape"/>, and after that comes <see cref="DisposeFormer"/>.</summary>
    /// <returns>Whether they are others than before.</returns>
    public bool SetRates(long? rateLimit, long? peerRateLimit)
    {
        PacketShaper? unused = null; // is disposed without the lock: that waits for its thread
        lock (_lock)
        {
            if (_disposed || (rateLimit == _rateLimit && peerRateLimit == _peerRateLimit))
            {
                return false;
            }

            if (rateLimit != _rateLimit)
            {
                (unused, _former, _shaper) = (_former, _shaper, null);
            }

            _rateLimit = rateLimit;
            _peerRateLimit = peerRateLimit;
        }

        unused?.Dispose();
        return true;
    }

    /// <summary>Ends the shaper that <see cref="SetRates"/> has replaced.</summary>
    public void DisposeFormer()
    {
        PacketShaper? former;
        lock (_lock)
        {
            (former, _former) = (_former, null);
        }

        former?.Dispose();
    }

    public void Dispose()
    {
        DisposeFormer();
        PacketShaper? shaper;
        lock (_lock)
        {
            _disposed = true;
            (shaper, _shaper) = (_shaper, null);
        }

        shaper?.Dispose();
    }
}
