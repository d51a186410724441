using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary><c>connect</c> talks to OpenSSL's server.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(60_000)]
public sealed class ConnectToOpenSslTests
{
    private static string[] ClientCertificate => ["--cert", TestFiles.Client.CertificatePath, "--key", TestFiles.Client.KeyPath];

    private static string[] RequireClientCertificate => ["-Verify", "1", "-verify_return_error", "-CAfile", TestFiles.Ca];

    [Test]
    public void Lines_cross_both_ways_and_the_clients_close_notify_is_seen([Values] bool rsa, [Values] bool cookies)
    {
        Requires.Tool("openssl");
        using OpenSslServer server = OpenSslServer.Start(rsa ? TestFiles.ServerRsa : TestFiles.Server, cookies ? ["-listen"] : []);
        using ConnectProgram client = ConnectProgram.StartTrusting(rsa ? TestFiles.RsaCa : TestFiles.Ca, server.EndPoint.ToString());
        ExpectLinesBothWays(server, client);
    }

    [Test]
    public void An_IPv6_server_is_reached()
    {
        Requires.Tool("openssl");
        Requires.IPv6();
        using OpenSslServer server = OpenSslServer.StartAny(IPAddress.IPv6Loopback, TestFiles.Server, "-dtls1_2", "-listen");
        using ConnectProgram client = ConnectProgram.Start(server.EndPoint);
        ExpectLinesBothWays(server, client);
    }

    [Test]
    public void The_servers_close_notify_ends_connect_with_exit_code_0()
    {
        Requires.Tool("openssl");
        using OpenSslServer server = OpenSslServer.StartQuiet(TestFiles.Server);
        using ConnectProgram client = ConnectProgram.Start(server.EndPoint);
        client.WaitUntilConnected();
        server.Send("bye");
        client.WaitForReply("bye");
        server.CloseAssociation();
        client.ExpectEnd();
    }

    [Test]
    public void A_required_client_certificate_is_sent()
    {
        Requires.Tool("openssl");
        using OpenSslServer server = OpenSslServer.Start(TestFiles.Server, RequireClientCertificate);
        using ConnectProgram client = ConnectProgram.Start(server.EndPoint, ClientCertificate);
        ExpectLinesBothWays(server, client);
    }

    [Test]
    public void Without_a_required_client_certificate_the_servers_alert_is_reported()
    {
        Requires.Tool("openssl");
        using OpenSslServer server = OpenSslServer.Start(TestFiles.Server, RequireClientCertificate);
        using ConnectProgram client = ConnectProgram.Start(server.EndPoint);
        client.ExpectError(8, "the peer sent the alert HandshakeFailure \\(40\\)");
    }

    [TestCase(nameof(TestFiles.ServerOfOtherCa), "unable to get local issuer certificate")]
    [TestCase(nameof(TestFiles.ExpiredServer), "certificate has expired")]
    [TestCase(nameof(TestFiles.ServerOfOtherName), "IP address mismatch")]
    public void A_server_that_cannot_prove_who_it_is_is_refused(string certificate, string reason)
    {
        Requires.Tool("openssl");
        PemFiles files = certificate switch
        {
            nameof(TestFiles.ServerOfOtherCa) => TestFiles.ServerOfOtherCa,
            nameof(TestFiles.ExpiredServer) => TestFiles.ExpiredServer,
            _ => TestFiles.ServerOfOtherName,
        };
        using OpenSslServer server = OpenSslServer.Start(files);
        using ConnectProgram client = ConnectProgram.Start(server.EndPoint);
        client.ExpectError(8, "the peer's certificate was refused: .*" + reason);
    }

    [TestCase("other.fifodtls.test", true)]
    [TestCase("server.fifodtls.test", false)]
    public void The_server_name_option_is_what_the_certificate_must_carry(string name, bool accepted)
    {
        Requires.Tool("openssl");
        using OpenSslServer server = OpenSslServer.Start(TestFiles.ServerOfOtherName);
        using ConnectProgram client = ConnectProgram.Start(server.EndPoint, "--server-name", name);
        if (accepted)
        {
            ExpectLinesBothWays(server, client);
        }
        else
        {
            client.ExpectError(8, "the peer's certificate was refused: .*hostname mismatch");
        }
    }

    [TestCaseSource(typeof(CipherSuites), nameof(CipherSuites.All))]
    public void A_default_suite_works(string openSslName, string registryName, bool isRsa)
    {
        Requires.Tool("openssl");
        using OpenSslServer server = OpenSslServer.Start(isRsa ? TestFiles.ServerRsa : TestFiles.Server, "-cipher", openSslName);
        using ConnectProgram client = ConnectProgram.StartTrusting(isRsa ? TestFiles.RsaCa : TestFiles.Ca, server.EndPoint.ToString());
        Assert.That(client.WaitUntilConnected(), Is.EqualTo(registryName));
        client.End();
    }

    [TestCase("-dtls1_2 -cipher ECDHE-RSA-AES256-SHA384", "HandshakeFailure", Description = "CBC")]
    [TestCase("-dtls1 -cipher ALL:@SECLEVEL=0", "HandshakeFailure", Description = "DTLS 1.0, which has none of the suites that are offered")]
    public void A_server_that_offers_only_what_is_not_allowed_is_refused(string offer, string alert)
    {
        Requires.Tool("openssl");
        using OpenSslServer server = OpenSslServer.StartAny(IPAddress.Loopback, TestFiles.ServerRsa, offer.Split(' '));
        using ConnectProgram client = ConnectProgram.StartTrusting(TestFiles.RsaCa, server.EndPoint.ToString());
        client.ExpectError(8, $"the alert {alert}");
    }

    private static void ExpectLinesBothWays(OpenSslServer server, ConnectProgram client)
    {
        client.WaitUntilConnected();
        client.Process.WriteLine("up 1;");
        client.Process.WriteLine("up 2;");
        foreach (string line in (string[])["down 1", "down 2"])
        {
            server.Send(line);
            client.WaitForReply(line);
        }

        client.End(); // as many replies as lines have come: it closes at once
        Assert.That(server.WaitUntilClosed(), Does.Contain("up 1;up 2;"));
        Assert.That(client.Process.Lines(OutputStream.Output), Is.EqualTo(["down 1", "down 2"]));
    }
}
