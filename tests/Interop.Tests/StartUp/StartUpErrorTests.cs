using System.Net;
using System.Net.Sockets;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>What keeps the programs from starting is told in one line and by an exit code.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(60_000)]
public sealed class StartUpErrorTests
{
    private static string[] ServerCertificate => ["--cert", TestFiles.Server.CertificatePath, "--key", TestFiles.Server.KeyPath];

    [Test]
    public void Echo_names_a_port_that_is_in_use()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Run(["echo", .. ServerCertificate, "--listen", $"{other.LocalEndPoint}"]).ExpectOneLine(6, $"{other.LocalEndPoint} can't be bound: .*in use");
    }

    [Test]
    public void Echo_names_the_files_of_a_key_of_another_certificate() =>
        Run("echo", "--cert", TestFiles.Server.CertificatePath, "--key", TestFiles.Client.KeyPath)
            .ExpectOneLine(3, "client\\.key does not belong to the certificate in .*server\\.crt");

    [Test]
    public void Connect_names_the_files_of_a_key_of_another_certificate() =>
        Run("connect", "--to", "127.0.0.1:9", "--insecure", "--cert", TestFiles.Client.CertificatePath, "--key", TestFiles.Server.KeyPath)
            .ExpectOneLine(3, "server\\.key does not belong to the certificate in .*client\\.crt");

    [Test]
    public void Echo_names_a_file_that_is_missing() =>
        Run("echo", "--cert", TestFiles.Server.CertificatePath, "--key", "/nonexistent/node.key").ExpectOneLine(3, "/nonexistent/node\\.key can't be read");

    [Test]
    public void Connect_names_a_file_that_is_missing() =>
        Run("connect", "--to", "127.0.0.1:9", "--ca", "/nonexistent/ca.crt").ExpectOneLine(3, "/nonexistent/ca\\.crt can't be read");

    [Test]
    public void Echo_names_a_file_that_holds_something_else() =>
        Run("echo", "--cert", TestFiles.Server.KeyPath, "--key", TestFiles.Server.KeyPath).ExpectOneLine(3, "There is no PEM certificate in .*server\\.key");

    [Test]
    public void Connect_names_a_host_that_cannot_be_resolved() =>
        Run("connect", "--to", "nowhere.invalid:4433", "--insecure").ExpectOneLine(6, "The name nowhere\\.invalid can't be resolved");

    [Test]
    public void Connect_gives_up_after_its_timeout()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Run("connect", "--to", $"{silent.LocalEndPoint}", "--insecure", "--timeout", "0.5").ExpectOneLine(8, $"{silent.LocalEndPoint}.*not finished within 0\\.5 s");
    }

    [Test]
    public void Connect_verifies_unless_told_not_to() =>
        Run("connect", "--to", "127.0.0.1:9").ExpectOneLine(1, "--ca FILE .*--insecure");

    [TestCase("echo", "'--cert' is required.*'--key' is required")]
    [TestCase("echo --cert a --key b --listen localhost:1", "'localhost:1' is no ADDR:PORT")]
    [TestCase("echo --cert a --key b --ca c", "--ca needs --require-client-cert")]
    [TestCase("echo --cert a --key b --duration 0", "--duration is 0.1 to")]
    [TestCase("connect --to ::1:9 --insecure", "'::1:9' is no HOST:PORT")]
    [TestCase("connect --to a:0 --insecure", "'a:0' is no HOST:PORT")]
    [TestCase("connect --to a:1 --insecure --ca x", "--ca and --insecure exclude each other")]
    [TestCase("connect --to a:1 --insecure --cert x", "--cert needs --key")]
    [TestCase("connect --to a:1 --insecure --log-level loud", "'loud'")]
    public void Wrong_usage_is_named(string arguments, string pattern) => Run(arguments.Split(' ')).ExpectOneLine(1, pattern);

    [TestCase("echo")]
    [TestCase("connect")]
    public void Help_tells_the_exit_codes(string command)
    {
        ProcessResult result = Run(command, "--help").EnsureSuccess();
        Assert.That(result.Output, Does.Contain("Exit codes:").And.Contain("4   libssl 3 is missing"));
    }

    private static ProcessResult Run(params string[] arguments)
    {
        using ChildProcess child = ChildProcess.StartDotnet("fifodtls-stress", arguments);
        child.CloseInput();
        int exitCode = child.WaitForExit(Limits.Step);
        return new ProcessResult(child.Command, exitCode, child.Text(OutputStream.Output), child.Text(OutputStream.Error));
    }
}
