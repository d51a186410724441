using FifoDtls.TestSupport;
using FifoVpn.Cli;
using FifoVpn.Status;

namespace FifoVpn.Tests.Status;

/// <summary>What a person sees.</summary>
internal sealed class StatusTableTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Test]
    public void A_node_with_peers_of_all_kinds()
    {
        NodeStatus status = new(
            "alpha",
            "0.1.0",
            "fifovpn0",
            1400,
            "0.0.0.0:4443",
            ["tcpSegmentation", "socketSend"],
            Now.AddMinutes(-61),
            [
                new RendezvousStatus("meet", "meet.example:4443", Now.AddSeconds(-90), "203.0.113.5:4443", true, null),
                new RendezvousStatus("other", "other.example:4443", null, null, false, "no answer"),
            ],
            Traffic(3_000, 1_500),
            new EndpointStatus(2, 3, 1, 2, 0, 0, 100, 2048, 200, 4096, 5, 0, 1, 0, 6, 7),
            [
                Peer("beta", PeerState.Connected) with
                {
                    Endpoint = "192.0.2.2:4443", ConnectedSince = Now.AddMinutes(-3), RoundTripMilliseconds = 12.34, PathMtu = 1400, Traffic = Traffic(1_500_000, 17),
                },
                Peer("delta", PeerState.Connected) with { Discovered = true, Relay = "meet", ConnectedSince = Now.AddDays(-3), PathMtu = 1195, LastFailure = "an old one", LastFailureAt = Now },
                Peer("gamma", PeerState.Waiting) with { Endpoint = "192.0.2.3:4443", LastFailure = "192.0.2.3:4443: no answer", LastFailureAt = Now.AddSeconds(-7) },
            ]);

        Assert.That(string.Join('\n', StatusTable.Write(status, Now)), Is.EqualTo("""
            alpha: device fifovpn0, MTU 1400, listening on 0.0.0.0:4443, up 1 h, fifovpn 0.1.0
            packets: 2 (2.9 KiB) out, 2 (1.5 KiB) in, dropped: noRoute 1
            socket: 100 (2.0 KiB) out, 200 (4.0 KiB) in, handshakes 4 (2 failed), invalid 5, dropped by the system 6, by full queues 7
            offloads: tcpSegmentation, socketSend
            rendezvous meet at meet.example:4443: registered 1 min ago as 203.0.113.5:4443, relays
            rendezvous other at other.example:4443: not registered: no answer

            PEER           STATE      SINCE       AT                  RTT      OUT       IN   MTU  DROPPED
            beta           connected  3 min ago   192.0.2.2:4443  12.3 ms  1.4 MiB     17 B  1400        1
            delta (found)  connected  3 days ago  relay meet            -    100 B  1.0 KiB  1195        1
            gamma          waiting    -           192.0.2.3:4443        -    100 B  1.0 KiB     -        1
            gamma: 7 s ago, 192.0.2.3:4443: no answer
            """));
    }

    [TestCase(0, "0 B")]
    [TestCase(1023, "1023 B")]
    [TestCase(1024, "1.0 KiB")]
    [TestCase(1024 * 1024 - 1, "1.0 MiB")]
    [TestCase(long.MaxValue, "8192.0 PiB")]
    public void Bytes(long bytes, string expected) => Assert.That(Humane.Bytes(bytes), Is.EqualTo(expected));

    [TestCase(-5, "0 s")]
    [TestCase(0.9, "0 s")]
    [TestCase(59.9, "59 s")]
    [TestCase(60, "1 min")]
    [TestCase(3599, "59 min")]
    [TestCase(3600, "1 h")]
    [TestCase(47 * 3600, "47 h")]
    [TestCase(48 * 3600, "2 days")]
    public void Durations(double seconds, string expected) => Assert.That(Humane.Duration(TimeSpan.FromSeconds(seconds)), Is.EqualTo(expected));

    [Test]
    [CancelAfter(120_000)]
    public void On_a_terminal_status_is_a_table_and_with_json_it_is_not()
    {
        Requires.Linux();
        Requires.Tool("script"); // gives the program a terminal
        using StatusFixture fixture = new();
        string program = string.Join(' ', ChildProcess.DotnetCommand("fifovpn"));
        string table = OnTerminal("status");
        Assert.That(table, Does.Contain("alpha: device mem-alpha").And.Match($@"\nbeta +connected +\d+ s ago +{fixture.Beta.Outside} "));
        Assert.That(OnTerminal("status --json"), Does.Contain("{\n  \"name\": \"alpha\",\n").And.Not.Contain("PEER"));

        string OnTerminal(string command) => ChildProcess
            .Run(TimeSpan.FromSeconds(60), "script", "-qec", $"{program} {command} --socket {fixture.SocketPath}", "/dev/null")
            .EnsureSuccess()
            .Output.ReplaceLineEndings("\n");
    }

    private static TrafficStatus Traffic(long sent, long received) => new(2, sent, 2, received, new Dictionary<string, long> { ["noRoute"] = 1, ["tooLarge"] = 0 });

    private static PeerStatus Peer(string name, PeerState state) =>
        new(name, false, state, null, null, null, null, null, null, null, null, null, Traffic(100, 1024), 0, 0, [], null, null);
}
