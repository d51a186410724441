using System.Net;
using FifoVpn.Status;
using FifoVpn.Tests.Node;
using FifoVpn.Tests.Rendezvous;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoVpn.Tests.Status;

/// <summary>The metrics of a rendezvous server.</summary>
internal sealed class RendezvousMetricsTests
{
    [Test]
    [CancelAfter(60_000)]
    public void A_server_with_nodes_is_told_in_well_formed_metrics()
    {
        using RendezvousBench bench = new();
        RendezvousClient alpha = bench.Registered("alpha");
        RendezvousClient beta = bench.Registered("beta");
        RendezvousBench.Introduce(alpha, beta);

        using MetricsServer server = new(new IPEndPoint(IPAddress.Loopback, 0), bench.Server, NullLogger.Instance);
        server.Start();
        using HttpClient client = new() { Timeout = TestNode.Limit };
        using HttpRequestMessage request = new(HttpMethod.Get, $"http://{server.LocalEndPoint}/metrics");
        using HttpResponseMessage response = client.Send(request);
        using StreamReader reader = new(response.Content.ReadAsStream());
        MetricsText text = new(reader.ReadToEnd());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(text[$"fifovpn_server_info{{server=\"meet\",version=\"{NodeStatusReader.Version}\"}}"], Is.EqualTo(1));
            Assert.That(text["fifovpn_server_nodes"], Is.EqualTo(2));
            Assert.That(text["fifovpn_server_registrations_total"], Is.EqualTo(2));
            Assert.That(text["fifovpn_server_questions_total"], Is.EqualTo(1));
            Assert.That(text["fifovpn_server_answers_total{answer=\"introduction\"}"], Is.EqualTo(1));
            Assert.That(text["fifovpn_server_answers_total{answer=\"notRegistered\"}"], Is.Zero);
            Assert.That(text["fifovpn_handshakes_total{role=\"server\"}"], Is.EqualTo(2));
        }
    }
}
