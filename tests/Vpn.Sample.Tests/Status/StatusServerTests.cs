using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using FifoDtls.TestSupport;
using FifoVpn.Cli;
using FifoVpn.Configuration;
using FifoVpn.Status;
using FifoVpn.Tests.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoVpn.Tests.Status;

/// <summary>The status socket: its file, and what clients of all kinds can do to it.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class StatusServerTests
{
    private const UnixFileMode OwnerAndGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    [SetUp]
    public void OnLinux() => Requires.Linux();

    [Test]
    [CancelAfter(60_000)]
    public void The_socket_is_for_owner_and_group_and_goes_with_the_server()
    {
        using StatusFixture fixture = new();
        string folder = Path.GetDirectoryName(fixture.SocketPath)!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.GetUnixFileMode(fixture.SocketPath), Is.EqualTo(OwnerAndGroup));
            Assert.That(Convert.ToString((int)File.GetUnixFileMode(folder), 8), Is.EqualTo("755"));
        }

        fixture.Server.Dispose();
        Assert.That(Path.Exists(fixture.SocketPath), Is.False);
        Assert.That(() => new StatusClient(fixture.SocketPath), Throws.TypeOf<ExitException>().With.Property(nameof(ExitException.Code)).EqualTo(ExitCode.NoAnswer));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_socket_that_a_dead_process_left_is_replaced()
    {
        using StatusFixture fixture = new();
        using TempDirectory folder = new();
        string path = folder.PathOf("stale.sock");
        ChildProcess.Run(TestNode.Limit, "python3", "-c", $"import socket; s = socket.socket(socket.AF_UNIX); s.bind('{path}'); s.listen()").EnsureSuccess();
        Assert.That(Path.Exists(path), Is.True, "it is there");

        using StatusServer server = new(path, fixture.A.Node, NullLogger.Instance);
        server.Start();
        using StatusClient client = new(path);
        Assert.That(client.Status().Name, Is.EqualTo("alpha"));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_socket_in_use_is_an_error_that_names_the_key_and_leaves_it_alone()
    {
        using StatusFixture fixture = new();
        Assert.That(
            () => new StatusServer(fixture.SocketPath, fixture.A.Node, NullLogger.Instance),
            Throws.TypeOf<ConfigException>().With.Message.Contains("statusSocket").And.Message.Contains(fixture.SocketPath).And.Message.Contains("another running process"));

        using StatusClient client = new(fixture.SocketPath);
        Assert.That(client.Status().Name, Is.EqualTo("alpha"));
    }

    [TestCase("")]
    [TestCase("something")]
    [CancelAfter(60_000)]
    public void A_file_that_is_no_socket_is_never_removed(string content)
    {
        using StatusFixture fixture = new();
        using TempDirectory folder = new();
        string path = folder.Write("file", content);
        Assert.That(
            () => new StatusServer(path, fixture.A.Node, NullLogger.Instance), Throws.TypeOf<ConfigException>().With.Message.Contains("statusSocket").And.Message.Contains("no socket"));
        Assert.That(File.ReadAllText(path), Is.EqualTo(content));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_folder_that_can_not_be_made_is_an_error_that_names_the_key()
    {
        using StatusFixture fixture = new();
        using TempDirectory folder = new();
        string path = Path.Combine(folder.Write("file", ""), "x.sock");
        Assert.That(() => new StatusServer(path, fixture.A.Node, NullLogger.Instance), Throws.TypeOf<ConfigException>().With.Message.Contains($"statusSocket: {path}"));
    }

    [TestCase("nonsense\n", "neither")]
    [TestCase("\n", "neither")]
    [TestCase("ping\n", "neither")]
    [TestCase("ping a b\n", "neither")]
    [TestCase("ping gamma\n", "is no peer")]
    [CancelAfter(60_000)]
    public void A_wrong_request_gets_an_error_and_the_next_one_its_answer(string request, string error)
    {
        using StatusFixture fixture = new();
        using Socket client = Connect(fixture);
        client.Send(Encoding.UTF8.GetBytes(request));
        Assert.That(ReadLine(client), Does.StartWith("{\"error\":").And.Contain(error));
        client.Send("status\n"u8);
        Assert.That(ReadLine(client), Does.StartWith("{\"name\":\"alpha\""));
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_request_without_end_is_refused()
    {
        using StatusFixture fixture = new();
        using Socket client = Connect(fixture);
        client.Send(new byte[StatusServer.MaxRequest]);
        Assert.That(ReadLine(client), Does.Contain($"longer than {StatusServer.MaxRequest} bytes"));
        Eventually.Equal(0, () => fixture.Server.Clients, TestNode.Limit, "clients");
    }

    [Test]
    [CancelAfter(60_000)]
    public void Clients_that_are_stuck_hold_nobody_up_and_one_too_many_is_told_so()
    {
        using StatusFixture fixture = new();
        List<Socket> stuck = [];
        try
        {
            for (int i = 0; i < ClientAcceptor.MaxClients - 1; i++)
            {
                stuck.Add(Connect(fixture));
                stuck[^1].Send("sta"u8);
            }

            Eventually.Equal(stuck.Count, () => fixture.Server.Clients, TestNode.Limit, "clients");
            using (StatusClient client = new(fixture.SocketPath))
            {
                Assert.That(client.Status().Name, Is.EqualTo("alpha"), "there is a place yet");
                using Socket tooMany = Connect(fixture);
                Assert.That(ReadLine(tooMany), Does.Contain("too many").Or.Contain("already"));
            }

            long start = Stopwatch.GetTimestamp();
            fixture.Server.Dispose();
            Assert.That(Stopwatch.GetElapsedTime(start), Is.LessThan(TimeSpan.FromSeconds(5)), "the end waits for no client");
            Assert.That(fixture.Server.Clients, Is.Zero);
        }
        finally
        {
            stuck.ForEach(socket => socket.Dispose());
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_silent_client_and_one_that_reads_nothing_lose_their_places()
    {
        using StatusFixture fixture = new();
        using Socket silent = Connect(fixture);
        using Socket deaf = Connect(fixture);
        byte[] requests = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("status\n", 36)));
        BlockingThread sender = BlockingThread.Start("deaf", () =>
        {
            try
            {
                while (true)
                {
                    deaf.Send(requests); // until the server has given up
                }
            }
            catch (SocketException)
            {
                // It has.
            }
        });
        Eventually.Equal(2, () => fixture.Server.Clients, TestNode.Limit, "clients");

        Eventually.Equal(0, () => fixture.Server.Clients, TestNode.Limit, "clients");
        sender.Join(TestNode.Limit);
    }

    private static Socket Connect(StatusFixture fixture)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = (int)TestNode.Limit.TotalMilliseconds };
        socket.Connect(new UnixDomainSocketEndPoint(fixture.SocketPath));
        return socket;
    }

    private static string ReadLine(Socket socket)
    {
        List<byte> line = [];
        byte[] one = new byte[1];
        while (socket.Receive(one) == 1 && one[0] != '\n')
        {
            line.Add(one[0]);
        }

        return Encoding.UTF8.GetString([.. line]);
    }
}
