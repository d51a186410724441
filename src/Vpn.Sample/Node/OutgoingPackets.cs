using FifoVpn.Devices;

namespace FifoVpn.Node;

/// <summary>
/// Packets on their way to one peer, collected while more are there to be had, so that they cross the association and the socket together. Another peer's packet sends those that
/// wait first, and so does a full batch; whoever collects calls <see cref="Flush"/> as soon as there are no more, so a lone packet leaves at once. For one thread.
/// </summary>
internal sealed class OutgoingPackets : IDisposable
{
    private readonly PacketBatch _packets = new();
    private VpnPeer? _peer;

    /// <summary>Adds a packet.</summary>
    public void Add(VpnPeer peer, ReadOnlySpan<byte> packet)
    {
        Turn(peer);
        if (!_packets.TryAdd(packet))
        {
            Flush();
            Turn(peer);
            _packets.TryAdd(packet); // into an empty batch, where any packet fits
        }
    }

    /// <summary>Adds the packets that a super-packet stands for.</summary>
    public void Add(VpnPeer peer, ref SegmentCutter segments)
    {
        Turn(peer);
        while (segments.Append(_packets))
        {
            Flush();
            Turn(peer);
        }
    }

    /// <summary>Sends what has been collected.</summary>
    public void Flush()
    {
        VpnPeer? peer = _peer;
        _peer = null;
        peer?.Send(_packets);
        _packets.Clear();
    }

    public void Dispose() => _packets.Dispose();

    private void Turn(VpnPeer peer)
    {
        if (_peer != peer)
        {
            Flush();
            _peer = peer;
        }
    }
}
