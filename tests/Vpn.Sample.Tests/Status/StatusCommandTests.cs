using System.Text.Json;
using FifoDtls.TestSupport;
using FifoVpn.Cli;
using FifoVpn.Status;
using FifoVpn.Tests.Node;

namespace FifoVpn.Tests.Status;

/// <summary>fifovpn status and fifovpn ping against a running node.</summary>
internal sealed class StatusCommandTests
{
    [SetUp]
    public void OnLinux() => Requires.Linux();

    [Test]
    [CancelAfter(60_000)]
    public void Status_is_JSON_when_the_output_is_no_terminal()
    {
        using StatusFixture fixture = new();
        (ExitCode code, string output, string error) = fixture.Run("status");

        Assert.That((code, error), Is.EqualTo((ExitCode.Success, "")));
        NodeStatus status = JsonSerializer.Deserialize(output, StatusJson.Default.NodeStatus)!;
        Assert.That((status.Name, status.Peers.Single().State), Is.EqualTo(("alpha", PeerState.Connected)));
        Assert.That(output, Does.EndWith("\n}\n"), "indented");
    }

    [Test]
    [CancelAfter(120_000)]
    public void Watching_gives_one_document_on_each_line_until_SIGINT()
    {
        using StatusFixture fixture = new();
        using ChildProcess watch = ChildProcess.StartDotnet("fifovpn", "status", "--watch", "--socket", fixture.SocketPath);
        Eventually.True(() => watch.Lines(OutputStream.Output).Count >= 2, TimeSpan.FromSeconds(60), "two documents");
        watch.Signal(ChildProcess.SigInt);

        Assert.That(watch.WaitForExit(TestNode.Limit), Is.Zero);
        foreach (string line in watch.Lines(OutputStream.Output))
        {
            Assert.That(JsonSerializer.Deserialize(line, StatusJson.Default.NodeStatus)!.Name, Is.EqualTo("alpha"));
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public void Without_a_node_the_exit_code_and_the_line_say_so()
    {
        using TempDirectory folder = new();
        string path = folder.PathOf("nobody.sock");
        (ExitCode code, string output, string error) = StatusFixture.RunCommand("status", "--socket", path);

        Assert.That((code, output), Is.EqualTo((ExitCode.NoAnswer, "")));
        Assert.That(error, Does.Match(@"\Afifovpn: [^\n]+\n\z").And.Contain(path).And.Contain("does the node run"));
    }

    [Test]
    [CancelAfter(60_000)]
    public void The_socket_is_found_by_the_configuration()
    {
        using StatusFixture fixture = new();
        using TempDirectory folder = new();
        folder.Write("a.pem", "");
        folder.WriteSecret("a.key", "");
        string on = folder.Write("on.json", Config(fixture.SocketPath));
        string off = folder.Write("off.json", Config("none"));

        Assert.That(StatusFixture.RunCommand("status", "--config", on).Code, Is.EqualTo(ExitCode.Success));
        (ExitCode code, _, string error) = StatusFixture.RunCommand("status", "--config", off);
        Assert.That(code, Is.EqualTo(ExitCode.Configuration));
        Assert.That(error, Does.Contain("off.json").And.Contain("statusSocket"));
        Assert.That(StatusFixture.RunCommand("status", "--config", on, "--socket", fixture.SocketPath).Code, Is.EqualTo(ExitCode.Usage));

        static string Config(string socket) => $$"""
            {
              "addresses": ["10.88.0.1/24"], "listen": "127.0.0.1:0", "certificate": "a.pem", "privateKey": "a.key", "ca": "a.pem",
              "peers": [{ "name": "beta", "addresses": ["10.88.0.2"] }], "statusSocket": "{{socket}}"
            }
            """;
    }

    [Test]
    public void The_only_socket_of_the_folder_is_taken_and_several_are_listed()
    {
        using TempDirectory folder = new();
        StatusSocketOptions options = new(folder.FullPath);
        Assert.That(options.FindOnly, Throws.TypeOf<ExitException>().With.Property("Code").EqualTo(ExitCode.NoAnswer).And.Message.Contains(folder.FullPath));
        Assert.That(new StatusSocketOptions(folder.PathOf("missing")).FindOnly, Throws.TypeOf<ExitException>().With.Property("Code").EqualTo(ExitCode.NoAnswer));

        string one = folder.Write("one.sock", "");
        Assert.That(options.FindOnly(), Is.EqualTo(one));

        string two = folder.Write("two.sock", "");
        Assert.That(
            options.FindOnly, Throws.TypeOf<ExitException>().With.Property("Code").EqualTo(ExitCode.Usage).And.Message.Contains(one).And.Message.Contains(two));
    }

    [Test]
    [CancelAfter(60_000)]
    public void Ping_tells_each_round_trip_and_a_summary()
    {
        using StatusFixture fixture = new();
        (ExitCode code, string output, string error) = fixture.Run("ping", "beta", "--count", "2");

        TestContext.Out.Write(output);
        Assert.That((code, error), Is.EqualTo((ExitCode.Success, "")));
        Assert.That(
            output,
            Does.Match(
                $@"\Aanswer from beta at {fixture.Beta.Outside}: seq=1 time=[\d.]+ ms\nanswer from beta at {fixture.Beta.Outside}: seq=2 time=[\d.]+ ms\n\n"
                + @"--- beta ping statistics ---\n2 sent, 2 answered, 0% loss\nround trip min/avg/max = [\d.]+/[\d.]+/[\d.]+ ms\n\z"));
    }

    [Test]
    [CancelAfter(60_000)]
    public void Ping_of_a_peer_that_is_not_connected_fails_with_its_summary()
    {
        using StatusFixture fixture = new(startBeta: false);
        (ExitCode code, string output, string error) = fixture.Run("ping", "beta", "--count", "1");

        Assert.That(code, Is.EqualTo(ExitCode.NoAnswer));
        Assert.That(output, Does.Contain("beta: seq=1 not connected").And.Contain("1 sent, 0 answered, 100% loss"));
        Assert.That(error, Is.EqualTo("fifovpn: \"beta\" has not answered\n"));
    }

    [Test]
    [CancelAfter(60_000)]
    public void Ping_of_nobody_lists_the_peers()
    {
        using StatusFixture fixture = new();
        (ExitCode code, string output, string error) = fixture.Run("ping", "gamma");

        Assert.That((code, output), Is.EqualTo((ExitCode.Usage, "")));
        Assert.That(error, Is.EqualTo("fifovpn: \"gamma\" is no peer of \"alpha\"; the peers are beta\n"));
    }

    [TestCase("0")]
    [TestCase("x")]
    [TestCase("-1")]
    public void A_wrong_count_is_named(string count)
    {
        (ExitCode code, _, string error) = StatusFixture.RunCommand("ping", "beta", "--count", count);
        Assert.That(code, Is.EqualTo(ExitCode.Usage));
        Assert.That(error, Does.Contain("--count"));
    }
}
