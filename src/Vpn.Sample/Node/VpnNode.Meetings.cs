using System.Net;
using FifoDtls;
using FifoVpn.Control;
using FifoVpn.Pki;
using FifoVpn.Rendezvous;

namespace FifoVpn.Node;

internal sealed partial class VpnNode
{
    /// <summary>What the rendezvous servers' clients ask and tell.</summary>
    private sealed class Meetings(VpnNode node) : RendezvousEvents
    {
        public override IReadOnlyList<IPEndPoint> LocalEndPoints() => LocalAddresses.Of(node.LocalEndPoint, node._options.Addresses);

        public override void Registered(RendezvousClient client)
        {
            foreach (VpnPeer peer in node.Peers)
            {
                peer.MayBeFound();
            }
        }

        public override void Lost(RendezvousClient client) => node._relayed.Close(client);

        public override string? Refusal(byte[] certificate, bool begins)
        {
            if (begins && !node._revocationUpdated)
            {
                return null;
            }

            string? refusal = CertificateCheck.Refusal(node._options.Context, certificate, DtlsRole.Client, out bool decided);
            return begins && !decided ? null : refusal;
        }

        public override void Introduced(Introduction introduction)
        {
            string name = introduction.Message.Name;
            VpnPeer? peer = node._directory.Find(name) ?? (node._options.Discover ? node.Expect(name, addresses: []) : null);
            if (peer is not null)
            {
                node._relayed.Introduced(introduction.Via, introduction.Message.Channel, name);
                peer.Introduce(introduction);
                node.StartCaller(peer);
            }
        }

        public override void Relayed(RendezvousClient client, in RelayHeader header, ReadOnlySpan<byte> datagram)
        {
            if (node._relayed.Dispatch(client, header, datagram, out string name) is not { } begun)
            {
                return;
            }

            if (node._directory.Find(name) is { IsStopped: false } peer)
            {
                node.AcceptRelayed(begun, peer, client.Name);
            }
            else
            {
                node._relayed.Remove(begun);
            }
        }

        public override void RelayClosed(RendezvousClient client, uint channel) => node._relayed.Close(client, channel);
    }
}
