using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FifoDtls;

/// <summary>
/// The meter <c>FifoDtls</c>: one for the process, each measurement tagged with its endpoint. What is counted anyway is observed when somebody collects, so that a
/// datagram costs nothing more; only the end of a handshake and of an association is recorded as it happens. docs/metrics.md lists all of it.
/// </summary>
internal static class EndpointMetrics
{
    internal const string MeterName = "FifoDtls";

    private static readonly Meter Meter = new(MeterName, typeof(EndpointMetrics).Assembly.GetName().Version?.ToString(3));
    private static readonly Lock Lock = new(); // guards changes of _endpoints; the array itself is never changed
    private static DtlsEndpoint[] _endpoints = [];
    private static readonly string[] EndNames = [.. Enum.GetNames<DtlsPeerEnd>().Select(SnakeCase)];

    private static readonly Counter<long> Handshakes = Meter.CreateCounter<long>(
        "fifodtls.handshakes", "{handshake}", "Handshakes that are over, by role and outcome.");

    private static readonly Histogram<double> HandshakeDuration = Meter.CreateHistogram(
        "fifodtls.handshake.duration", "s", "How long handshakes took, by role and outcome.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    private static readonly Counter<long> Ended = Meter.CreateCounter<long>(
        "fifodtls.associations.ended", "{association}", "Established associations that have ended, by role and end.");

    // To add one: a line here, or, where an instrument is divided by a tag, a line in its table below; and its line in docs/metrics.md.
    private static readonly Instrument[] Observed =
    [
        Level("fifodtls.peers", "{peer}", "Peers now, those in handshake included.", e => e.Statistics.Peers),
        Level("fifodtls.handshakes.accepting", "{handshake}", "Handshakes in progress now with this side as the server.", e => e.Statistics.AcceptingHandshakes),
        Level("fifodtls.worker.threads", "{thread}", "Threads of peers now, parked ones included.", e => e.Statistics.WorkerThreads),
        Level("fifodtls.fifo.datagrams", "{datagram}", "Datagrams that stand in the peers' FIFOs now.", e => e.QueuedDatagrams),
        Total("fifodtls.datagrams", "{datagram}", "Datagrams read from the socket and sent by associations.", "network.io.direction", Datagrams),
        Total("fifodtls.io", "By", "Their bytes.", "network.io.direction", Bytes),
        Total("fifodtls.datagrams.dropped", "{datagram}", "Datagrams received and dropped, by reason.", "fifodtls.drop.reason", Drops),
        Total("fifodtls.send.errors", "{datagram}", "Datagrams that the system refused to send.", e => e.Statistics.SendErrors),
        Total("fifodtls.sends.refused", "{payload}", "Payloads refused for want of an association.", "fifodtls.refusal", RefusedSends),
        Total("fifodtls.retransmissions", "{retransmission}", "Handshake timers expired and flights sent again.", e => e.Statistics.Retransmissions),
        Total("fifodtls.cookies.sent", "{cookie}", "HelloVerifyRequests sent.", e => e.Statistics.HelloVerifyRequests),
        Total("fifodtls.cookies.invalid", "{cookie}", "ClientHellos with a cookie that was not ours, or no longer.", e => e.Statistics.InvalidCookies),
        Total("fifodtls.hellos.reassembled", "{handshake}", "ClientHellos put together from fragments.", e => e.Statistics.HellosReassembled),
        Total("fifodtls.hellos.crossed", "{handshake}", "Times that both sides connected at once.", e => e.Statistics.CrossedHellos),
        Total("fifodtls.opens", "{association}", "Connects begun.", e => e.Statistics.Opens),
        Total("fifodtls.opens.failed", "{association}", "Connects that brought no association.", e => e.Statistics.OpensFailed),
        Total("fifodtls.resumptions", "{association}", "Associations that resumed a session, by this side's role.", "fifodtls.role", Resumptions),
        Total("fifodtls.closes", "{association}", "Associations closed by this side, by its role.", "fifodtls.role", Closes),
        Total("fifodtls.certificates.refused", "{certificate}", "Peers' certificates refused.", "fifodtls.certificate.refusal", RefusedCertificates),
    ];

    private static (string, Func<DtlsEndpoint, long>)[] Datagrams =>
    [
        ("receive", e => e.Statistics.DatagramsReceived),
        ("transmit", e => e.Statistics.DatagramsSent),
    ];

    private static (string, Func<DtlsEndpoint, long>)[] Bytes =>
    [
        ("receive", e => e.Statistics.BytesReceived),
        ("transmit", e => e.Statistics.BytesSent),
    ];

    private static (string, Func<DtlsEndpoint, long>)[] Drops =>
    [
        ("unknown_source", e => e.Statistics.UnknownSources),
        ("malformed_hello", e => e.Statistics.MalformedHellos),
        ("peers_full", e => e.Statistics.RefusedPeersFull),
        ("handshakes_full", e => e.Statistics.RefusedHandshakesFull),
        ("answers_limited", e => e.Statistics.HelloVerifyRequestsLimited),
        ("handshake_rate", e => e.Statistics.RefusedHandshakeRate),
        ("hello_fragment", e => e.Statistics.HelloFragmentsDropped),
        ("hello_oversized", e => e.Statistics.OversizedHellos),
        ("reassemblies_full", e => e.Statistics.RefusedReassembliesFull),
        ("system_buffer_full", e => e.Statistics.KernelDrops),
        ("fifo_full", e => e.Statistics.FifoDrops),
        ("invalid", e => e.Statistics.DatagramsInvalid),
    ];

    private static (string, Func<DtlsEndpoint, long>)[] RefusedSends =>
    [
        ("no_association", e => e.Statistics.SendsWithoutAssociation),
        ("disposed", e => e.Statistics.SendsAfterDisposal),
    ];

    private static (string, Func<DtlsEndpoint, long>)[] Resumptions =>
    [
        ("client", e => e.Statistics.ClientResumptions),
        ("server", e => e.Statistics.ServerResumptions),
    ];

    private static (string, Func<DtlsEndpoint, long>)[] Closes =>
    [
        ("client", e => e.Statistics.ClientCloses),
        ("server", e => e.Statistics.ServerCloses),
    ];

    private static (string, Func<DtlsEndpoint, long>)[] RefusedCertificates =>
    [
        ("client", e => e.Statistics.ClientCertificatesRefused),
        ("server_unknown", e => e.Statistics.ServerCertificatesUnknown),
        ("server_invalid", e => e.Statistics.ServerCertificatesInvalid),
    ];

    /// <summary>The endpoint is observed from now on.</summary>
    internal static void Add(DtlsEndpoint endpoint)
    {
        lock (Lock)
        {
            Volatile.Write(ref _endpoints, [.. _endpoints, endpoint]);
        }
    }

    /// <summary>The endpoint's series end.</summary>
    internal static void Remove(DtlsEndpoint endpoint)
    {
        lock (Lock)
        {
            Volatile.Write(ref _endpoints, [.. _endpoints.Where(other => other != endpoint)]);
        }
    }

    /// <summary>A handshake is over; <see cref="DtlsPeerEnd.None"/> says that it has brought an association.</summary>
    internal static void HandshakeDone(DtlsEndpoint endpoint, DtlsPeer peer, DtlsPeerEnd end)
    {
        if (Handshakes.Enabled || HandshakeDuration.Enabled)
        {
            TagList tags = TagsOf(endpoint, peer, "fifodtls.handshake.outcome", end == DtlsPeerEnd.None ? "established" : EndNames[(int)end]);
            Handshakes.Add(1, tags);
            HandshakeDuration.Record(peer.Age.TotalSeconds, tags);
        }
    }

    internal static void AssociationEnded(DtlsEndpoint endpoint, DtlsPeer peer)
    {
        if (Ended.Enabled)
        {
            Ended.Add(1, TagsOf(endpoint, peer, "fifodtls.association.end", EndNames[(int)peer.End]));
        }
    }

    private static TagList TagsOf(DtlsEndpoint endpoint, DtlsPeer peer, string name, string value)
    {
        var tags = new TagList(endpoint.MetricTags);
        tags.Add("fifodtls.role", peer.Role == DtlsRole.Client ? "client" : "server");
        tags.Add(name, value);
        return tags;
    }

    private static ObservableUpDownCounter<long> Level(string name, string unit, string description, Func<DtlsEndpoint, long> value) =>
        Meter.CreateObservableUpDownCounter(name, () => Observe(value), unit, description);

    private static ObservableCounter<long> Total(string name, string unit, string description, Func<DtlsEndpoint, long> value) =>
        Meter.CreateObservableCounter(name, () => Observe(value), unit, description);

    private static ObservableCounter<long> Total(string name, string unit, string description, string tag, (string, Func<DtlsEndpoint, long>)[] values) =>
        Meter.CreateObservableCounter(name, () => Observe(tag, values), unit, description);

    private static IEnumerable<Measurement<long>> Observe(Func<DtlsEndpoint, long> value)
    {
        foreach (DtlsEndpoint endpoint in Volatile.Read(ref _endpoints))
        {
            yield return new Measurement<long>(value(endpoint), endpoint.MetricTags);
        }
    }

    private static IEnumerable<Measurement<long>> Observe(string tag, (string Value, Func<DtlsEndpoint, long> Count)[] values)
    {
        foreach (DtlsEndpoint endpoint in Volatile.Read(ref _endpoints))
        {
            foreach ((string value, Func<DtlsEndpoint, long> count) in values)
            {
                yield return new Measurement<long>(count(endpoint), [.. endpoint.MetricTags, new(tag, value)]);
            }
        }
    }

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
