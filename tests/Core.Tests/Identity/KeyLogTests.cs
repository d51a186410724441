using System.Runtime.Versioning;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>The key log file.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
[CancelAfter(60_000)]
internal sealed class KeyLogTests
{
    private const string Line = "^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}$";

    private static DtlsContext Client(string? file) => new(new DtlsContextOptions { TrustAnchors = [TestPki.Ca], KeyLogFile = file });

    [Test]
    public void Each_handshake_appends_its_line_with_the_random_of_its_ClientHello()
    {
        using TempDirectory directory = new();
        string path = directory.Write("keys.log", "# here before\n");
        using DtlsContext client = Client(path);
        List<string> randoms = [];
        for (int i = 0; i < 3; i++)
        {
            using DtlsPair pair = DtlsPair.Established(client, TestContexts.OpenServer);
            randoms.Add(Convert.ToHexStringLower(pair.Link.ToServer.Sent[0].AsSpan(13 + 12 + 2, 32)));
        }

        string[] lines = File.ReadAllLines(path);
        Assert.That(lines[0], Is.EqualTo("# here before"));
        Assert.That(lines[1..], Is.All.Match(Line));
        Assert.That(lines[1..].Select(line => line.Split(' ')[1]), Is.EqualTo(randoms));
    }

    [Test]
    public void Two_contexts_share_a_file()
    {
        using TempDirectory directory = new();
        string path = directory.PathOf("keys.log");
        using DtlsContext client = Client(path);
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        using DtlsContext server = new(new DtlsContextOptions { Credentials = credentials, ClientCertificates = DtlsClientCertificates.None, KeyLogFile = path });
        using DtlsPair pair = DtlsPair.Established(client, server);
        string[] lines = File.ReadAllLines(path);
        Assert.That(lines, Has.Length.EqualTo(2).And.All.Match(Line));
        Assert.That(lines[0], Is.EqualTo(lines[1]), "both sides have the same secret");
    }

    [Test, UnsupportedOSPlatform("windows")]
    public void The_file_is_its_owners_alone()
    {
        Requires.Linux();
        using TempDirectory directory = new();
        string path = directory.PathOf("keys.log");
        using DtlsContext client = Client(path);
        Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public void A_file_that_cant_be_opened_is_refused_by_name()
    {
        using TempDirectory directory = new();
        string path = Path.Combine(directory.FullPath, "missing", "keys.log");
        Assert.That(() => Client(path), Throws.TypeOf<DtlsException>().With.Message.Contains(path).And.Message.Contains("KeyLogFile"));
    }

    [Test]
    public void A_file_that_cant_be_written_later_fails_the_handshake()
    {
        using TempDirectory directory = new();
        string path = directory.PathOf("keys.log");
        using DtlsContext client = Client(path);
        File.Delete(path);
        Directory.CreateDirectory(path);
        using DtlsPair pair = new(client, TestContexts.OpenServer);
        BlockingThread server = BlockingThread.Start("server", () => pair.Server.Handshake(Limits.Watchdog));
        Assert.That(
            () => pair.Client.Handshake(Limits.Watchdog),
            Throws.TypeOf<DtlsException>().With.Message.Contains("key log file could not be written").And.InnerException.Not.Null);
        Assert.That(pair.Client.State, Is.EqualTo(DtlsConnectionState.Failed));
        pair.Server.Close();
        Assert.That(server.TryJoin(Limits.Watchdog), Is.True);
    }
}
