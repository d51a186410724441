using System.Reflection;
using System.Text.Json;
using FifoDtls;
using FifoVpn.Links;
using FifoVpn.Node;
using FifoVpn.Rendezvous;

namespace FifoVpn.Status;

/// <summary>Takes the status of a running node. Any thread; no packet waits for it longer than a few instructions.</summary>
internal static class NodeStatusReader
{
    private static readonly DropReason[] Reasons = Enum.GetValues<DropReason>();

    /// <summary>The reasons as they are told, in the order of <see cref="DropReason"/>.</summary>
    public static IReadOnlyList<string> ReasonNames { get; } = [.. Reasons.Select(reason => JsonNamingPolicy.CamelCase.ConvertName(reason.ToString()))];

    /// <summary>The program's version, without the commit.</summary>
    public static string Version { get; } =
        typeof(NodeStatusReader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    public static NodeStatus Read(VpnNode node) => new(
        node.Name,
        Version,
        node.DeviceName,
        node.DeviceMtu,
        node.LocalEndPoint.ToString(),
        [.. node.Offloads],
        node.StartedAt,
        [.. node.RendezvousServers.Select(Read)],
        Read(node.SumCounters()),
        Read(node.EndpointStatistics),
        [.. node.Peers.OrderBy(peer => peer.Name, StringComparer.Ordinal).Select(peer => Read(peer, node))]);

    private static RendezvousStatus Read(RendezvousClient server) =>
        new(server.Name, server.Endpoint, server.RegisteredSince, server.PublicEndPoint?.ToString(), server.Relays, server.LastFailure);

    private static PeerStatus Read(VpnPeer peer, VpnNode node)
    {
        PeerActivity activity = peer.Activity;
        PeerLink? link = activity.Link;
        return new PeerStatus(
            peer.Name,
            peer.IsDiscovered,
            StateOf(peer, activity),
            link is null ? (peer.LastEndPoint?.ToString() ?? peer.Config.Endpoint?.ToString()) : link.RemoteEndPoint?.ToString(),
            link?.Relay,
            link?.Role switch { null => null, DtlsRole.Client => "client", _ => "server" },
            link?.Negotiated.CipherSuite.ToString(),
            link?.Negotiated.WasResumed,
            activity.ConnectedSince,
            activity.LastHandshake,
            link?.RoundTrip is { } roundTrip ? Milliseconds(roundTrip) : null,
            link?.MaxPacket,
            Read(peer.Counters),
            activity.QueuedBytes,
            activity.PendingPackets,
            [.. node.PrefixesOf(peer).Select(prefix => prefix.ToString())],
            activity.LastFailure,
            activity.LastFailureAt);
    }

    /// <summary>Rounded to microseconds: no clock here is better.</summary>
    public static double Milliseconds(TimeSpan span) => Math.Round(span.TotalMilliseconds, 3);

    private static PeerState StateOf(VpnPeer peer, PeerActivity activity)
    {
        if (activity.Link is not null)
        {
            return PeerState.Connected;
        }

        if (!peer.CanBeCalled)
        {
            return PeerState.Listening;
        }

        if (activity.IsCalling)
        {
            return PeerState.Connecting;
        }

        return peer.Config.Persistent || activity.PendingPackets > 0 ? PeerState.Waiting : PeerState.Idle;
    }

    private static TrafficStatus Read(PacketCounters counters)
    {
        Dictionary<string, long> drops = new(Reasons.Length);
        for (int i = 0; i < Reasons.Length; i++)
        {
            drops.Add(ReasonNames[i], counters.Drops(Reasons[i]));
        }

        return new TrafficStatus(counters.PacketsSent, counters.BytesSent, counters.PacketsReceived, counters.BytesReceived, drops);
    }

    public static EndpointStatus Read(DtlsEndpointStatistics statistics) => new(
        statistics.Peers,
        statistics.Connected,
        statistics.Accepted,
        statistics.HandshakesFailed,
        statistics.ClientResumptions + statistics.ServerResumptions,
        statistics.ClientCertificatesRefused + statistics.ServerCertificatesUnknown + statistics.ServerCertificatesInvalid,
        statistics.DatagramsSent,
        statistics.BytesSent,
        statistics.DatagramsReceived,
        statistics.BytesReceived,
        statistics.DatagramsInvalid,
        statistics.UnknownSources,
        statistics.Retransmissions,
        statistics.SendErrors,
        statistics.KernelDrops,
        statistics.FifoDrops);
}
