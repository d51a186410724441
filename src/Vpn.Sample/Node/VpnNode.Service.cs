namespace FifoVpn.Node;

// What the service around a node asks of it.
internal sealed partial class VpnNode
{
    /// <summary>
    /// Whether the threads that were started are still there. It takes the node's lock, so it does not return while somebody holds that for ever: a watchdog notices either.
    /// </summary>
    public bool ThreadsAreAlive
    {
        get
        {
            lock (_lock)
            {
                return _started && !_disposed && _deviceReader.IsAlive && _callers.All(caller => caller.Key.IsStopped || !caller.Value.Join(TimeSpan.Zero))
                    && Array.TrueForAll(_rendezvous, client => !client.Join(TimeSpan.Zero)) && _discovery?.Join(TimeSpan.Zero) is not true;
            }
        }
    }

    /// <summary>Makes these the rates of all peers together and of each that has none of its own. Packets that wait for their time now are dropped if that changes anything.</summary>
    public void SetRates(long? rateLimit, long? peerRateLimit)
    {
        if (_shaping.SetRates(rateLimit, peerRateLimit))
        {
            foreach (VpnPeer peer in Peers)
            {
                _shaping.Shape(peer);
            }

            _shaping.DisposeFormer();
        }
    }
}
