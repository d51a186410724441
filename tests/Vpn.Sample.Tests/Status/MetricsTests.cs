using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FifoDtls.TestSupport;
using FifoVpn.Configuration;
using FifoVpn.Node;
using FifoVpn.Status;
using FifoVpn.Tests.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoVpn.Tests.Status;

/// <summary>The metrics: their text, and the server that they are fetched from.</summary>
internal sealed class MetricsTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [Test]
    [CancelAfter(60_000)]
    public void A_node_with_traffic_is_told_in_well_formed_metrics()
    {
        using StatusFixture fixture = new();
        fixture.A.AssertReaches(fixture.B!);
        PacketCounters counters = fixture.A.Peer(fixture.Beta).Counters;
        Eventually.Equal(2L, () => counters.PacketsSent, TestNode.Limit, "packets counted");
        fixture.A.Peer(fixture.Beta).Ping(TestNode.Limit);

        NodeStatus status = NodeStatusReader.Read(fixture.A.Node);
        MetricsText text = new(NodeMetrics.Write(status));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text[$"fifovpn_info{{node=\"alpha\",version=\"{status.Version}\",device=\"mem-alpha\"}}"], Is.EqualTo(1));
            Assert.That(text["fifovpn_start_time_seconds"], Is.EqualTo(status.StartedAt.ToUnixTimeMilliseconds() / 1000.0));
            Assert.That(text["fifovpn_peers{state=\"connected\"}"], Is.EqualTo(1));
            Assert.That(text["fifovpn_peers{state=\"idle\"}"], Is.Zero);
            Assert.That(text["fifovpn_peer_connected{peer=\"beta\"}"], Is.EqualTo(1));
            Assert.That(text["fifovpn_peer_relayed{peer=\"beta\"}"], Is.Zero);
            Assert.That(text["fifovpn_peer_packets_total{peer=\"beta\",direction=\"out\"}"], Is.EqualTo(2));
            Assert.That(text["fifovpn_peer_bytes_total{peer=\"beta\",direction=\"out\"}"], Is.EqualTo(counters.BytesSent));
            Assert.That(text["fifovpn_peer_bytes_total{peer=\"beta\",direction=\"in\"}"], Is.EqualTo(counters.BytesReceived));
            Assert.That(text["fifovpn_packets_total{direction=\"out\"}"], Is.EqualTo(2));
            Assert.That(text["fifovpn_peer_round_trip_seconds{peer=\"beta\"}"], Is.EqualTo(status.Peers[0].RoundTripMilliseconds / 1000));
            Assert.That(text["fifovpn_handshakes_total{role=\"client\"}"], Is.EqualTo(1));
            foreach (string reason in NodeStatusReader.ReasonNames)
            {
                Assert.That(text[$"fifovpn_drops_total{{reason=\"{reason}\"}}"], Is.Zero);
                Assert.That(text[$"fifovpn_peer_drops_total{{peer=\"beta\",reason=\"{reason}\"}}"], Is.Zero);
            }
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public void What_is_not_known_has_no_sample()
    {
        using StatusFixture fixture = new(startBeta: false);
        MetricsText text = new(NodeMetrics.Write(NodeStatusReader.Read(fixture.A.Node)));

        Assert.That(text["fifovpn_peer_connected{peer=\"beta\"}"], Is.Zero);
        Assert.That(text.Has("fifovpn_peer_round_trip_seconds{peer=\"beta\"}"), Is.False);
        Assert.That(text.Has("fifovpn_peer_last_handshake_time_seconds{peer=\"beta\"}"), Is.False);
    }

    [Test]
    public void Labels_and_help_are_escaped()
    {
        string text = new PrometheusText().Gauge("fifovpn_x", "a \\ b\nc").Sample(1.5, ("peer", "quo\"te \\ line\nend"), ("b", "")).ToString();
        Assert.That(text, Is.EqualTo("# HELP fifovpn_x a \\\\ b\\nc\n# TYPE fifovpn_x gauge\nfifovpn_x{peer=\"quo\\\"te \\\\ line\\nend\",b=\"\"} 1.5\n"));
        Assert.That(new MetricsText(text).Has("fifovpn_x{peer=\"quo\\\"te \\\\ line\\nend\",b=\"\"}"));
    }

    [Test]
    [CancelAfter(60_000)]
    public void The_server_answers_as_HTTP_wants_it()
    {
        using StatusFixture fixture = new();
        using MetricsServer server = new(AnyPort, fixture.A.Node, NullLogger.Instance);
        server.Start();
        (string head, string body) = Fetch(server, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");

        Assert.That(head, Does.StartWith("HTTP/1.1 200 OK\r\n").And.Contain("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
        Assert.That(head, Does.Contain($"\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n").And.Contain("\r\nConnection: close"));
        Assert.That(new MetricsText(body)["fifovpn_peer_connected{peer=\"beta\"}"], Is.EqualTo(1));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_real_client_understands_the_answer()
    {
        using StatusFixture fixture = new();
        using MetricsServer server = new(AnyPort, fixture.A.Node, NullLogger.Instance);
        server.Start();
        using HttpClient client = new() { Timeout = TestNode.Limit };
        using HttpRequestMessage request = new(HttpMethod.Get, $"http://{server.LocalEndPoint}/metrics?x=1");
        using HttpResponseMessage response = client.Send(request);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        using StreamReader reader = new(response.Content.ReadAsStream());
        Assert.That(new MetricsText(reader.ReadToEnd()).Names, Has.Count.GreaterThan(20));
    }

    [TestCase("GET / HTTP/1.1", "404 Not Found")]
    [TestCase("GET /metricsx HTTP/1.1", "404 Not Found")]
    [TestCase("POST /metrics HTTP/1.1", "405 Method Not Allowed")]
    [TestCase("GET /metrics", "400 Bad Request")]
    [TestCase("", "400 Bad Request")]
    [CancelAfter(60_000)]
    public void Other_requests_get_nothing(string line, string status)
    {
        using StatusFixture fixture = new();
        using MetricsServer server = new(AnyPort, fixture.A.Node, NullLogger.Instance);
        server.Start();
        (string head, string body) = Fetch(server, $"{line}\r\n\r\n");

        Assert.That(head, Does.StartWith($"HTTP/1.1 {status}\r\n"));
        Assert.That(body, Does.Not.Contain("fifovpn_"));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_head_without_end_is_refused_and_a_silent_client_loses_its_place()
    {
        using StatusFixture fixture = new();
        using MetricsServer server = new(AnyPort, fixture.A.Node, NullLogger.Instance);
        server.Start();
        using TcpClient silent = new();
        silent.Connect(server.LocalEndPoint);
        Assert.That(Fetch(server, "GET /metrics HTTP/1.1\r\nX: ".PadRight(8 << 10, 'x')).Head, Does.StartWith("HTTP/1.1 431 "));

        silent.ReceiveTimeout = (int)TestNode.Limit.TotalMilliseconds;
        Assert.That(silent.GetStream().ReadByte(), Is.EqualTo(-1), "it is closed without a word");
        Eventually.Equal(0, () => server.Clients, TestNode.Limit, "clients");
    }

    [Test]
    [CancelAfter(60_000)]
    public void The_end_waits_for_no_client()
    {
        using StatusFixture fixture = new();
        MetricsServer server = new(AnyPort, fixture.A.Node, NullLogger.Instance);
        server.Start();
        using TcpClient silent = new();
        silent.Connect(server.LocalEndPoint);
        Eventually.Equal(1, () => server.Clients, TestNode.Limit, "clients");

        long start = Stopwatch.GetTimestamp();
        server.Dispose();
        server.Dispose();
        Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(4)));
        Assert.That(server.Clients, Is.Zero);
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_port_in_use_is_an_error_that_names_the_key()
    {
        using StatusFixture fixture = new();
        using MetricsServer server = new(AnyPort, fixture.A.Node, NullLogger.Instance);
        Assert.That(
            () => new MetricsServer(server.LocalEndPoint, fixture.A.Node, NullLogger.Instance),
            Throws.TypeOf<ConfigException>().With.Message.StartsWith("metrics: ").And.Message.Contains(server.LocalEndPoint.ToString()));
    }

    private static (string Head, string Body) Fetch(MetricsServer server, string request)
    {
        using TcpClient client = new() { ReceiveTimeout = (int)TestNode.Limit.TotalMilliseconds };
        client.Connect(server.LocalEndPoint);
        NetworkStream stream = client.GetStream();
        stream.Write(Encoding.ASCII.GetBytes(request));
        using StreamReader reader = new(stream, Encoding.UTF8);
        string[] parts = reader.ReadToEnd().Split("\r\n\r\n", 2);
        return (parts[0], parts[1]);
    }
}
