using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>GnuTLS, a DTLS implementation that shares no code with OpenSSL, in both roles.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(60_000)]
public sealed class GnuTlsTests
{
    [Test]
    public void Its_client_verifies_echo_and_gets_its_lines_back([Values] bool withClientCertificate)
    {
        Requires.Tool("gnutls-cli");
        using EchoProgram echo = EchoProgram.Start(withClientCertificate ? ["--ca", TestFiles.Ca, "--require-client-cert"] : []);
        string[] certificate = withClientCertificate
            ? ["--x509certfile", TestFiles.Client.CertificatePath, "--x509keyfile", TestFiles.Client.KeyPath] : [];
        using ChildProcess client = ChildProcess.Start(
            "gnutls-cli", ["--udp", "-p", $"{echo.EndPoint.Port}", "--x509cafile", TestFiles.Ca, .. certificate, "127.0.0.1"]);
        client.WaitForLine(OutputStream.Output, "^- Status: The certificate is trusted", Limits.Step);
        client.WaitForLine(OutputStream.Output, "^- Simple Client Mode:", Limits.Step);
        foreach (string line in (string[])["gnutls 1", "gnutls 2"])
        {
            client.WriteLine(line);
            client.WaitForLine(OutputStream.Output, $"^{line}$", Limits.Step);
        }

        client.CloseInput();
        Assert.That(client.WaitForExit(Limits.Step), Is.Zero);
        echo.WaitForLog("ended, ClosedByPeer: in order; 2 payloads received, 2 sent");
        echo.End();
    }

    [Test]
    public void Connect_verifies_its_server_and_gets_its_lines_back([Values] bool withClientCertificate)
    {
        Requires.Tool("gnutls-serv");
        int port = UdpPort.FindFree();
        string[] require = withClientCertificate ? ["--require-client-cert", "--verify-client-cert", "--x509cafile", TestFiles.Ca] : ["--disable-client-cert"];
        using ChildProcess server = ChildProcess.Start(
            "gnutls-serv",
            ["--udp", "--echo", "-p", $"{port}", "--x509certfile", TestFiles.Server.CertificatePath, "--x509keyfile", TestFiles.Server.KeyPath, .. require]);
        server.WaitForLine(OutputStream.Error, "listening on IPv4 .*done", Limits.Step);
        string[] certificate = withClientCertificate ? ["--cert", TestFiles.Client.CertificatePath, "--key", TestFiles.Client.KeyPath] : [];
        using ConnectProgram client = ConnectProgram.Start($"127.0.0.1:{port}", certificate);
        client.WaitUntilConnected();
        client.Exchange("gnutls 1");
        client.Exchange("gnutls 2");
        client.End();
    }
}
