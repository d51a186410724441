using FifoVpn.Rendezvous;

namespace FifoVpn.Status;

/// <summary>What a rendezvous server does, as Prometheus metrics. The names and labels are documented: never change the meaning of one.</summary>
internal static class RendezvousMetrics
{
    public static string Write(RendezvousServer server)
    {
        PrometheusText text = new();
        text.Gauge("fifovpn_server_info", "The rendezvous server; always 1.").Sample(1, ("server", server.Name), ("version", NodeStatusReader.Version));
        text.Gauge("fifovpn_start_time_seconds", "When the server was started, in seconds since 1970.").Sample(NodeMetrics.Seconds(server.StartedAt));
        RendezvousStatistics statistics = server.Statistics;
        WriteNodes(text, statistics);
        WriteQuestions(text, statistics);
        WriteRelay(text, statistics);
        text.Counter("fifovpn_server_messages_dropped_total", "Messages dropped.");
        text.Sample(statistics.Malformed, ("reason", "malformed")).Sample(statistics.Ignored, ("reason", "ignored"));
        NodeMetrics.WriteEndpoint(text, NodeStatusReader.Read(server.EndpointStatistics));
        return text.ToString();
    }

    private static void WriteNodes(PrometheusText text, in RendezvousStatistics statistics)
    {
        text.Gauge("fifovpn_server_nodes", "Nodes that are registered.").Sample(statistics.Nodes);
        text.Counter("fifovpn_server_registrations_total", "Registrations answered, repetitions included.").Sample(statistics.Registrations);
        text.Counter("fifovpn_server_registrations_limited_total", "Registrations beyond the rate limit.").Sample(statistics.RegistrationsLimited);
        text.Counter("fifovpn_server_nodes_gone_total", "Nodes whose association has ended for this reason.");
        text.Sample(statistics.Replaced, ("reason", "replaced")).Sample(statistics.Silent, ("reason", "silent"));
        text.Counter("fifovpn_server_refusals_total", "Associations, or prefixes of nodes, that were refused.");
        text.Sample(statistics.RefusedIdentities, ("reason", "identity")).Sample(statistics.RefusedFull, ("reason", "full")).Sample(statistics.RefusedAddresses, ("reason", "address"));
    }

    private static void WriteQuestions(PrometheusText text, in RendezvousStatistics statistics)
    {
        text.Counter("fifovpn_server_questions_total", "Questions where another node is.").Sample(statistics.Finds);
        text.Counter("fifovpn_server_answers_total", "Answers to them.");
        text.Sample(statistics.Introductions, ("answer", "introduction")).Sample(statistics.NotRegistered, ("answer", "notRegistered"));
        text.Sample(statistics.TooManyRequests, ("answer", "tooManyRequests")).Sample(statistics.Yourself, ("answer", "yourself"));
        text.Sample(statistics.RegisterFirst, ("answer", "registerFirst"));
    }

    private static void WriteRelay(PrometheusText text, in RendezvousStatistics statistics)
    {
        text.Gauge("fifovpn_server_channels", "Pairs of nodes that may relay.").Sample(statistics.Channels);
        text.Counter("fifovpn_server_channels_refused_total", "Introductions without a relay, because a node had too many.").Sample(statistics.ChannelsFull);
        text.Counter("fifovpn_server_relayed_datagrams_total", "Datagrams relayed.").Sample(statistics.RelayedDatagrams);
        text.Counter("fifovpn_server_relayed_bytes_total", "Their bytes.").Sample(statistics.RelayedBytes);
        text.Counter("fifovpn_server_relay_drops_total", "Datagrams not relayed.");
        text.Sample(statistics.RelayDropsRate, ("reason", "rateLimit")).Sample(statistics.RelayDropsClosed, ("reason", "closed"));
        text.Sample(statistics.RelayDropsTooLarge, ("reason", "tooLarge")).Sample(statistics.RelayDropsOff, ("reason", "off"));
    }
}
