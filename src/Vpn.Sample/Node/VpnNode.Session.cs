using FifoDtls;
using FifoVpn.Packets;

namespace FifoVpn.Node;

// What the thread of an association does.
internal sealed partial class VpnNode
{
    // The largest plaintext of a record (RFC 5246 §6.2.1): whatever a peer sends, it fits.
    private const int MaxPayload = 16_384;

    private void RunIncoming(DtlsPeer association) => RunSession(association, expected: null);

    private void RunOutgoing(DtlsPeer association, VpnPeer called) => RunSession(association, called);

    private void RunSession(DtlsPeer association, VpnPeer? expected)
    {
        VpnPeer? peer = PeerIdentity.Find(_peers, association.Negotiated?.PeerCertificate, out string refusal);
        if (peer is not null && expected is not null && peer != expected)
        {
            refusal = $"\"{expected.Name}\" was called, \"{peer.Name}\" answered";
            peer = null;
        }

        if (peer is null)
        {
            VpnLogger.Refused(_logger, association.RemoteEndPoint, refusal);
            return; // and the association is closed
        }

        peer.Attach(association);
        VpnLogger.Connected(_logger, peer.Name, association.RemoteEndPoint, association.Role, association.Negotiated!.CipherSuite);
        try
        {
            Receive(association, peer);
        }
        finally
        {
            peer.Detach(association);
            VpnLogger.Disconnected(_logger, peer.Name, association.RemoteEndPoint, peer.Counters.DescribeDrops());
        }
    }

    private void Receive(DtlsPeer association, VpnPeer peer)
    {
        byte[] packet = new byte[MaxPayload];
        while (association.Receive(packet) is { HasData: true } received)
        {
            Deliver(packet.AsSpan(0, received.Length), peer);
        }
    }

    /// <summary>From a peer to the device. A source is allowed if packets to it would go to this very peer, so no peer can speak for another.</summary>
    private void Deliver(ReadOnlySpan<byte> packet, VpnPeer peer)
    {
        if (!IpPacket.TryParse(packet, out IpPacket parsed, out _))
        {
            peer.Counters.CountDrop(DropReason.MalformedFromPeer);
        }
        else if (!_routes.TryFind(parsed.Source, out VpnPeer? owner) || owner != peer)
        {
            peer.Counters.CountDrop(DropReason.SourceNotAllowed);
        }
        else
        {
            peer.Counters.CountReceived(packet.Length);
            _device.Write(packet);
        }
    }
}
