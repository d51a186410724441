using System.Text.RegularExpressions;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests.Docs;

[NonParallelizable] // the examples use a fixed port, the current folder and the console
public sealed class LibraryGuideTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test]
    public void Examples_in_the_guide_are_those_that_compile() => DocExamples.AssertCompiled("docs/library.md", atLeast: 10);

    /// <summary>What stands in the guide's table of messages, up to its placeholders, stands in the source.</summary>
    [Test]
    public void Messages_in_the_guide_are_those_of_the_code()
    {
        string source = string.Concat(
            new[] { "Core", "Workers" }.SelectMany(project => Directory.GetFiles(DocFolder($"src/{project}"), "*.cs", SearchOption.AllDirectories))
                .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText));
        string named = Regex.Replace(source, @"\{nameof\((?:\w+\.)*(\w+)\)\}", "$1");
        string literal = string.Join('\n', Regex.Matches(named, """
            "(?:[^"\\\n]|\\.)*"
            """).Select(text => Regex.Replace(text.Value, @"\{[^{}]*\}", "…").Replace("\\\"", "\"")));
        string guide = DocExamples.Read("../../../docs/library.md");
        MatchCollection messages = Regex.Matches(guide[guide.IndexOf("## Troubleshooting", StringComparison.Ordinal)..], @"^\| `([^`]+)` \|", RegexOptions.Multiline);

        Assert.That(messages, Has.Count.GreaterThan(20));
        Assert.That(messages.SelectMany(message => PartsOf(message.Groups[1].Value)).Where(part => !literal.Contains(part, StringComparison.Ordinal)), Is.Empty);
    }

    private static string[] PartsOf(string message) => message.Split('…', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [Test, Watchdog(120)]
    public void Server_with_threads_of_its_own_knows_the_client_by_its_certificate()
    {
        using var folder = new TempDirectory();
        WriteIdentity(folder, "server", TestPki.Server);
        WriteIdentity(folder, "client", TestPki.Client);
        TestPki.WriteCertificates(folder, "ca.pem", TestPki.Ca);
        using var stopping = new CancellationTokenSource();
        string printed = Printed(folder.FullPath, () =>
        {
            BlockingThread server = BlockingThread.Start("guide's server", () => LibraryExamples.OwnThreads(stopping.Token));
            try
            {
                server.WaitUntilBlocked(Limit);
                BlockingThread.Start("guide's client", LibraryExamples.Identity).Join(Limit);
            }
            finally
            {
                stopping.Cancel();
                server.Join(Limit);
            }
        });

        Assert.That(printed, Does.Contain($"{TestPki.Server.Subject}, Dtls12, TLS_ECDHE_").And.Contain($"9 bytes from {TestPki.ClientName}").And.Contain("Stopping."));
    }

    [Test, Watchdog(60)]
    public void Limits_and_metrics_work_as_shown()
    {
        string printed = Printed(Environment.CurrentDirectory, () =>
        {
            using DtlsEndpoint endpoint = LibraryExamples.Limits(TestContexts.Server, Sessions.Echo);
            LibraryExamples.Metrics();
        });

        Assert.That(printed, Does.Contain("fifodtls.peers 0 {peer}"));
    }

    [Test, Watchdog(60)]
    public void A_connection_runs_over_another_transport() =>
        Assert.That(LibraryExamples.OtherTransport(TestContexts.OpenServer, TestContexts.Client), Is.EqualTo("hello"));

    [Test, Watchdog(60)]
    public void A_pre_shared_key_names_the_client() => Assert.That(LibraryExamples.Psk(), Is.EqualTo("sensor-17"));

    [Test, Watchdog(60)]
    public void A_client_that_comes_back_resumes()
    {
        using var folder = new TempDirectory();
        TestPki.WriteCertificates(folder, "ca.pem", TestPki.Ca);
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        using var context = new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials, ClientCertificates = DtlsClientCertificates.None, Resumption = new DtlsResumptionOptions { Scope = "orders" },
        });
        using var server = new DtlsEndpoint(new DtlsEndpointOptions { ServerContext = context, Session = Sessions.Echo });
        bool resumed = false;
        Printed(folder.FullPath, () => resumed = LibraryExamples.Resumption(server.LocalEndPoint.Port));

        Assert.That(resumed, Is.True);
    }

    [Test, Watchdog(60)]
    public void A_client_that_comes_back_to_another_server_resumes_by_its_ticket()
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        using var clientContext = new DtlsContext(new DtlsContextOptions { TrustAnchors = [TestPki.Ca], Resumption = new DtlsResumptionOptions { Scope = "orders" } });
        using DtlsEndpoint client = TestEndpoints.Client(clientContext);
        byte[] key = new byte[32];
        DtlsSession? session = null;
        LibraryExamples.Tickets(credentials, Sessions.Echo, key, key, server =>
        {
            using DtlsPeer first = client.Connect("localhost", server.LocalEndPoint.Port);
            session = first.ExportSession();
        });
        LibraryExamples.Tickets(credentials, Sessions.Echo, key, key, server =>
        {
            using DtlsPeer second = client.Connect("localhost", server.LocalEndPoint.Port, new DtlsConnectOptions { Session = session });
            Assert.That(second.Negotiated!.WasResumed, Is.True);
        });
        session!.Dispose();
    }

    private static void WriteIdentity(TempDirectory folder, string name, System.Security.Cryptography.X509Certificates.X509Certificate2 certificate)
    {
        PemFiles pem = TestPki.WritePem(folder, name + "-made", certificate);
        File.Move(pem.CertificatePath, folder.PathOf(name + ".pem"));
        File.Move(pem.KeyPath, folder.PathOf(name + ".key"));
    }

    private static string Printed(string folder, Action example)
    {
        string before = Environment.CurrentDirectory;
        TextWriter output = Console.Out;
        using var printed = new StringWriter();
        try
        {
            Environment.CurrentDirectory = folder;
            Console.SetOut(TextWriter.Synchronized(printed));
            example();
        }
        finally
        {
            Environment.CurrentDirectory = before;
            Console.SetOut(output);
        }

        return printed.ToString();
    }

    private static string DocFolder(string path, [System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../..", path));
}
