using System.Text.Json;
using FifoDtls.TestSupport;
using FifoVpn.Cli;
using FifoVpn.Status;
using FifoVpn.Tests.Rendezvous;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoVpn.Tests.Status;

/// <summary>fifovpn status against a rendezvous server.</summary>
internal sealed class ServerStatusTests
{
    private TempDirectory _folder = null!;
    private RendezvousBench _bench = null!;
    private StatusServer _status = null!;

    [SetUp]
    public void StartServer()
    {
        Requires.Linux();
        _folder = new TempDirectory();
        _bench = new RendezvousBench();
        _status = new StatusServer(_folder.PathOf("meet.sock"), _bench.Server, NullLogger.Instance);
        _status.Start();
    }

    [TearDown]
    public void EndServer()
    {
        _status?.Dispose();
        _bench?.Dispose();
        _folder?.Dispose();
    }

    [Test]
    [CancelAfter(60_000)]
    public void Nodes_and_what_they_relay_are_told()
    {
        RendezvousClient alpha = _bench.Registered("alpha");
        RendezvousClient beta = _bench.Registered("beta");
        RendezvousClient late = _bench.Connect("late");
        Eventually.Equal(3, () => Status().Nodes.Count, RendezvousClient.Limit, "nodes with an association");
        (uint alphas, _) = RendezvousBench.Introduce(alpha, beta);
        alpha.SendRelay(alphas, 1, fromInitiator: true, new byte[100]);
        beta.NextRelayed();
        alpha.SendRelay(0, 1, fromInitiator: true, new byte[100]);
        alpha.NextRelayClosed();

        ServerStatus status = Status();
        ServerNodeStatus[] nodes = [.. status.Nodes];
        using (Assert.EnterMultipleScope())
        {
            Assert.That((status.Name, status.MaxNodes, status.Listen), Is.EqualTo(("meet", 1_000, _bench.Server.LocalEndPoint.ToString())));
            Assert.That((status.Requests.Registrations, status.Requests.Questions, status.Requests.Introductions), Is.EqualTo((2, 1, 1)));
            Assert.That((status.Relay.Channels, status.Relay.Datagrams, status.Relay.Drops["closed"]), Is.EqualTo((1, 1, 1)));
            Assert.That(nodes.Select(node => node.Name), Is.EqualTo(new[] { "alpha", "beta", "late" }));
            Assert.That(nodes.Select(node => node.RegisteredSince), Is.EqualTo(new DateTimeOffset?[] { _bench.Clock.GetUtcNow(), _bench.Clock.GetUtcNow(), null }));
            Assert.That(nodes.Select(node => node.Endpoint), Is.EqualTo(new[] { alpha, beta, late }.Select(client => client.OutsideEndPoint.ToString())));
            Assert.That(nodes.Select(node => (node.Channels, node.DatagramsRelayed, node.RelayDrops)), Is.EqualTo(new[] { (1, 1L, 1L), (1, 0L, 0L), (0, 0L, 0L) }));
            Assert.That(nodes[0].BytesRelayed, Is.EqualTo(status.Relay.Bytes).And.GreaterThan(100));
            Assert.That(nodes[0].Prefixes.Single(), Does.Match(@"\A10\.88\.7\.\d+/32\z"));
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public void Pinging_a_server_is_a_usage_error()
    {
        (ExitCode code, _, string error) = StatusFixture.RunCommand("ping", "alpha", "--socket", _status.Path);
        Assert.That((code, error), Is.EqualTo((ExitCode.Usage, "fifovpn: \"meet\" is a rendezvous server, which has no peers\n")));
    }

    [Test]
    [CancelAfter(60_000)]
    public void The_socket_is_found_by_a_servers_configuration()
    {
        _folder.Write("meet.pem", "");
        _folder.WriteSecret("meet.key", "");
        string config = _folder.Write(
            "meet.json", """{ "listen": "127.0.0.1:0", "certificate": "meet.pem", "privateKey": "meet.key", "ca": "meet.pem", "statusSocket": "meet.sock", "maxNodes": 5 }""");

        Assert.That(StatusFixture.RunCommand("status", "--config", config).Code, Is.EqualTo(ExitCode.Configuration), "it is no node's");
        (ExitCode code, string output, _) = StatusFixture.RunCommand("status", "--rendezvous", "--config", config);
        Assert.That(code, Is.EqualTo(ExitCode.Success));
        Assert.That(output, Does.StartWith("{\n  \"name\": \"meet\",\n"));
    }

    [Test]
    [CancelAfter(120_000)]
    public void On_a_terminal_it_is_a_table()
    {
        Requires.Tool("script"); // gives the program a terminal
        RendezvousClient alpha = _bench.Registered("alpha");
        string program = string.Join(' ', ChildProcess.DotnetCommand("fifovpn"));
        string table = ChildProcess.Run(TimeSpan.FromSeconds(60), "script", "-qec", $"{program} status --socket {_status.Path}", "/dev/null").EnsureSuccess().Output.ReplaceLineEndings("\n");
        Assert.That(table, Does.Contain($"meet: rendezvous server on {_bench.Server.LocalEndPoint}, 1 of at most 1000 nodes, up ").And.Contains($"{alpha.OutsideEndPoint}"));
    }

    [Test]
    public void The_table_is_for_people()
    {
        DateTimeOffset now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
        ServerStatus status = new(
            "meet",
            "0.1.0",
            "0.0.0.0:4443",
            now.AddMinutes(-61),
            1_000,
            new ServerRequestStatus(12, 3, 2, new Dictionary<string, long> { ["notRegistered"] = 1, ["malformed"] = 0 }),
            new Dictionary<string, long> { ["full"] = 0 },
            new ServerRelayStatus(true, 1, 1_500, 2 << 20, new Dictionary<string, long> { ["rateLimit"] = 7 }),
            new EndpointStatus(2, 0, 4, 2, 0, 0, 100, 2048, 200, 4096, 5, 0, 1, 0, 6, 7),
            [
                new ServerNodeStatus("alpha", "203.0.113.5:4443", [], now.AddMinutes(-3), now.AddMinutes(-3), [], 1, 1_000, 1_500_000, 7),
                new ServerNodeStatus("beta", "198.51.100.2:40001", [], now, null, [], 1, 1, 17, 0),
            ]);

        Assert.That(string.Join('\n', ServerStatusTable.Write(status, now)), Is.EqualTo("""
            meet: rendezvous server on 0.0.0.0:4443, 2 of at most 1000 nodes, up 1 h, fifovpn 0.1.0
            requests: 12 registrations, 3 questions, 2 introductions, not served: notRegistered 1, refused: none
            relay: 1 channels, 1500 (2.0 MiB) relayed, dropped: rateLimit 7
            socket: 100 (2.0 KiB) out, 200 (4.0 KiB) in, handshakes 4 (2 failed), invalid 5, dropped by the system 6, by full queues 7

            NODE   REGISTERED  AT                  CHANNELS  RELAYED  DROPPED
            alpha  3 min ago   203.0.113.5:4443           1  1.4 MiB        7
            beta   -           198.51.100.2:40001         1     17 B        0
            """));
        Assert.That(ServerStatusTable.Write(status with { Nodes = [] }, now)[^1], Is.EqualTo("no nodes"));
    }

    private ServerStatus Status()
    {
        (ExitCode code, string output, string error) = StatusFixture.RunCommand("status", "--socket", _status.Path);
        Assert.That((code, error), Is.EqualTo((ExitCode.Success, "")));
        return JsonSerializer.Deserialize(output, StatusJson.Default.ServerStatus)!;
    }
}
