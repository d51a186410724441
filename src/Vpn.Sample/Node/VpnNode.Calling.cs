using System.Net;
using FifoDtls;
using FifoVpn.Links;
using FifoVpn.Rendezvous;

namespace FifoVpn.Node;

// The ways to a peer that its caller tries.
internal sealed partial class VpnNode : IPeerLinks
{
    CallAttempt IPeerLinks.Call(VpnPeer peer, IPEndPoint place, TimeSpan limit) => new(peer, place.ToString(), (attempt, cancellation) =>
    {
        using DtlsSession? session = peer.CopySession();
        using DtlsPeer association = _endpoint.Connect(place, new DtlsConnectOptions { HandshakeTimeout = limit, Session = session }, cancellation);
        attempt.Established();
        RunSession(new DirectLink(association), peer);
    })
    { Place = place };

    CallAttempt IPeerLinks.CallThrough(VpnPeer peer, Introduction meeting, TimeSpan limit) => new(peer, $"relay {meeting.Via.Name}", (attempt, cancellation) =>
    {
        FifoTransport transport = _relayed.Open(meeting.Via, meeting.Message.Channel);
        try
        {
            using DtlsSession? session = peer.CopySession();
            using var connection = new DtlsConnection(
                _options.Context, transport, DtlsRole.Client, new DtlsConnectionOptions { MaxHandshakeDatagramSize = HandshakeDatagramSize, RetransmissionTimeout = RetransmissionTimeout, Session = session });
            connection.Handshake(limit, cancellation);
            attempt.Established();
            RunSession(new RelayedLink(connection, meeting.Via.Name), peer);
        }
        finally
        {
            _relayed.Remove(transport);
        }
    });

    bool IPeerLinks.CallsFirst(VpnPeer peer) => string.CompareOrdinal(Name, peer.Name) < 0;

    void IPeerLinks.Met(Introduction introduction) =>
        _relayed.Introduced(introduction.Via, introduction.Message.Channel, introduction.Message.Name);

    /// <summary>Serves an association that another node has begun through a rendezvous server, on a thread of its own.</summary>
    private void AcceptRelayed(FifoTransport transport, VpnPeer peer, string relay) => _ = new CallAttempt(peer, $"relay {relay}", (attempt, cancellation) =>
    {
        try
        {
            // No cookie: the datagrams come from a node that the server knows, over an association with the server.
            using var connection = new DtlsConnection(
                _options.Context, transport, DtlsRole.Server, new DtlsConnectionOptions { MaxHandshakeDatagramSize = HandshakeDatagramSize, RetransmissionTimeout = RetransmissionTimeout });
            connection.Handshake(_options.HandshakeTimeout, cancellation);
            attempt.Established();
            RunSession(new RelayedLink(connection, relay), peer);
        }
        finally
        {
            _relayed.Remove(transport);
        }
    });
}
