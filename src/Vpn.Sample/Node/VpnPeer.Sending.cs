using System.Buffers;
using FifoVpn.Control;
using FifoVpn.Links;
using FifoVpn.Shaping;

namespace FifoVpn.Node;

// What happens to a packet on its way to the link.
internal sealed partial class VpnPeer
{
    private volatile ShapedQueue? _queue;
    private int _lastSplit;

    /// <summary>The rates that packets to the peer keep to, or null. The one before is disposed.</summary>
    public void Shape(ShapedQueue? queue) => Interlocked.Exchange(ref _queue, queue)?.Dispose();

    /// <summary>Sends what has had to wait for its time.</summary>
    public void SendShaped(ReadOnlySpan<byte> packet)
    {
        if (_link is { } link)
        {
            SendOver(link, packet);
        }
        else
        {
            Counters.CountDrop(DropReason.NotConnected);
        }
    }

    private void Pass(PeerLink link, ReadOnlySpan<byte> packet)
    {
        if (_queue is not { } queue || queue.TryPass(packet.Length))
        {
            SendOver(link, packet);
        }
        else if (!queue.Enqueue(packet))
        {
            Counters.CountDrop(DropReason.RateLimit);
        }
    }

    private void SendInParts(PeerLink link, ReadOnlySpan<byte> packet)
    {
        ushort number = (ushort)Interlocked.Increment(ref _lastSplit);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(SplitPacket.HeaderLength + packet.Length);
        bool sent = link.TrySend(SplitPacket.Write(buffer, packet, number, part: 0)) && link.TrySend(SplitPacket.Write(buffer, packet, number, part: 1));
        ArrayPool<byte>.Shared.Return(buffer);
        if (sent)
        {
            Counters.CountSent(packet.Length);
        }
        else
        {
            Counters.CountDrop(DropReason.SendFailed);
        }
    }
}
