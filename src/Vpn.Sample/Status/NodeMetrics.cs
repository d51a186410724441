namespace FifoVpn.Status;

/// <summary>A node's status as Prometheus metrics. The names and labels are documented: never change the meaning of one.</summary>
internal static class NodeMetrics
{
    public static string Write(NodeStatus status)
    {
        PrometheusText text = new();
        text.Gauge("fifovpn_info", "The node; always 1.").Sample(1, ("node", status.Name), ("version", status.Version), ("device", status.Device));
        text.Gauge("fifovpn_start_time_seconds", "When the node was started, in seconds since 1970.").Sample(Seconds(status.StartedAt));
        text.Gauge("fifovpn_device_mtu_bytes", "The MTU inside the VPN.").Sample(status.Mtu);
        text.Gauge("fifovpn_rendezvous_registered", "Whether the node is registered with the rendezvous server.");
        foreach (RendezvousStatus server in status.Rendezvous)
        {
            text.Sample(server.RegisteredSince is null ? 0 : 1, ("server", server.Name));
        }

        WriteTraffic(text, status.Traffic);
        WriteEndpoint(text, status.Endpoint);
        text.Gauge("fifovpn_peers", "Peers by state.");
        foreach (PeerState state in Enum.GetValues<PeerState>())
        {
            text.Sample(status.Peers.Count(peer => peer.State == state), ("state", StateName(state)));
        }

        WritePeers(text, status.Peers);
        WritePeerTraffic(text, status.Peers);
        return text.ToString();
    }

    /// <summary>The name of a state, here and in JSON.</summary>
    public static string StateName(PeerState state) => state.ToString().ToLowerInvariant();

    private static void WriteTraffic(PrometheusText text, TrafficStatus traffic)
    {
        text.Counter("fifovpn_packets_total", "Packets from peers (in) and to peers (out).");
        text.Sample(traffic.PacketsReceived, ("direction", "in")).Sample(traffic.PacketsSent, ("direction", "out"));
        text.Counter("fifovpn_bytes_total", "Bytes of packets from peers (in) and to peers (out).");
        text.Sample(traffic.BytesReceived, ("direction", "in")).Sample(traffic.BytesSent, ("direction", "out"));
        text.Counter("fifovpn_drops_total", "Packets dropped.");
        foreach ((string reason, long count) in traffic.Drops)
        {
            text.Sample(count, ("reason", reason));
        }
    }

    /// <summary>What a node and a rendezvous server tell of their sockets.</summary>
    public static void WriteEndpoint(PrometheusText text, EndpointStatus endpoint)
    {
        text.Gauge("fifovpn_associations", "Associations, those in handshake and with rendezvous servers included.").Sample(endpoint.Associations);
        text.Counter("fifovpn_handshakes_total", "Handshakes done.");
        text.Sample(endpoint.HandshakesAsClient, ("role", "client")).Sample(endpoint.HandshakesAsServer, ("role", "server"));
        text.Counter("fifovpn_handshakes_failed_total", "Handshakes that ended otherwise.").Sample(endpoint.HandshakesFailed);
        text.Counter("fifovpn_resumptions_total", "Handshakes done that resumed a session.").Sample(endpoint.Resumptions);
        text.Counter("fifovpn_certificates_refused_total", "Certificates refused in handshakes.").Sample(endpoint.CertificatesRefused);
        text.Counter("fifovpn_datagrams_total", "UDP datagrams received (in) and sent (out).");
        text.Sample(endpoint.DatagramsReceived, ("direction", "in")).Sample(endpoint.DatagramsSent, ("direction", "out"));
        text.Counter("fifovpn_datagram_bytes_total", "Bytes of UDP datagrams received (in) and sent (out).");
        text.Sample(endpoint.BytesReceived, ("direction", "in")).Sample(endpoint.BytesSent, ("direction", "out"));
        text.Counter("fifovpn_datagrams_dropped_total", "UDP datagrams received and dropped.");
        text.Sample(endpoint.DatagramsInvalid, ("reason", "invalid")).Sample(endpoint.UnknownSources, ("reason", "unknownSource"));
        text.Sample(endpoint.KernelDrops, ("reason", "kernel")).Sample(endpoint.FifoDrops, ("reason", "fifo"));
        text.Counter("fifovpn_retransmissions_total", "Flights of handshakes sent again.").Sample(endpoint.Retransmissions);
        text.Counter("fifovpn_send_errors_total", "UDP datagrams that the system refused to send.").Sample(endpoint.SendErrors);
    }

    private static void WritePeers(PrometheusText text, IReadOnlyList<PeerStatus> peers)
    {
        Gauge(text, peers, "fifovpn_peer_connected", "Whether there is an association with the peer.", peer => peer.State == PeerState.Connected ? 1 : 0);
        Gauge(text, peers, "fifovpn_peer_relayed", "Whether a rendezvous server relays.", peer => peer.State == PeerState.Connected ? (peer.Relay is null ? 0 : 1) : null);
        Gauge(
            text, peers, "fifovpn_peer_last_handshake_time_seconds", "When the last handshake was done, in seconds since 1970.",
            peer => peer.LastHandshake is { } time ? Seconds(time) : null);
        Gauge(
            text, peers, "fifovpn_peer_round_trip_seconds", "The last round trip.",
            peer => peer.RoundTripMilliseconds is { } milliseconds ? milliseconds / 1000 : null);
        Gauge(text, peers, "fifovpn_peer_path_mtu_bytes", "The largest packet that goes in one datagram.", peer => peer.PathMtu);
        Gauge(text, peers, "fifovpn_peer_queued_bytes", "What waits because of a rate.", peer => peer.QueuedBytes);
        Gauge(text, peers, "fifovpn_peer_pending_packets", "Packets that wait for an association.", peer => peer.PendingPackets);
    }

    private static void WritePeerTraffic(PrometheusText text, IReadOnlyList<PeerStatus> peers)
    {
        text.Counter("fifovpn_peer_packets_total", "Packets from the peer (in) and to it (out).");
        foreach (PeerStatus peer in peers)
        {
            text.Sample(peer.Traffic.PacketsReceived, ("peer", peer.Name), ("direction", "in"));
            text.Sample(peer.Traffic.PacketsSent, ("peer", peer.Name), ("direction", "out"));
        }

        text.Counter("fifovpn_peer_bytes_total", "Bytes of packets from the peer (in) and to it (out).");
        foreach (PeerStatus peer in peers)
        {
            text.Sample(peer.Traffic.BytesReceived, ("peer", peer.Name), ("direction", "in"));
            text.Sample(peer.Traffic.BytesSent, ("peer", peer.Name), ("direction", "out"));
        }

        text.Counter("fifovpn_peer_drops_total", "Packets from or to the peer that were dropped.");
        foreach (PeerStatus peer in peers)
        {
            foreach ((string reason, long count) in peer.Traffic.Drops)
            {
                text.Sample(count, ("peer", peer.Name), ("reason", reason));
            }
        }
    }

    /// <summary>A sample for each peer that has a value.</summary>
    private static void Gauge(PrometheusText text, IReadOnlyList<PeerStatus> peers, string name, string help, Func<PeerStatus, double?> value)
    {
        text.Gauge(name, help);
        foreach (PeerStatus peer in peers)
        {
            if (value(peer) is { } sample)
            {
                text.Sample(sample, ("peer", peer.Name));
            }
        }
    }

    /// <summary>Since 1970.</summary>
    public static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}
