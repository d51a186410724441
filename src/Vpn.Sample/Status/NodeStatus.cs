namespace FifoVpn.Status;

/// <summary>What a node is at, as of one moment. The names in JSON are those of the members in camel case, and documented: never change the meaning of one.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Device">The TUN device.</param>
/// <param name="Mtu">Its MTU.</param>
/// <param name="Listen">The UDP address and port that the socket is bound to.</param>
/// <param name="Offloads">What crosses many at a time: as agreed with the kernel at the start, of the device <c>checksum</c>, <c>tcpSegmentation</c>, <c>udpSegmentation</c>, and now, of the socket <c>socketSend</c>, <c>socketReceive</c>.</param>
/// <param name="StartedAt">When the node was started.</param>
/// <param name="Rendezvous">The rendezvous servers, in the order of the configuration.</param>
/// <param name="Traffic">Of all peers that there have been, and what is nobody's.</param>
/// <param name="Endpoint">The UDP socket.</param>
/// <param name="Peers">The peers, sorted by name.</param>
internal sealed record NodeStatus(
    string Name,
    string Version,
    string Device,
    int Mtu,
    string Listen,
    IReadOnlyList<string> Offloads,
    DateTimeOffset StartedAt,
    IReadOnlyList<RendezvousStatus> Rendezvous,
    TrafficStatus Traffic,
    EndpointStatus Endpoint,
    IReadOnlyList<PeerStatus> Peers);
