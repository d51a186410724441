using System.Net;
using FifoDtls.TestSupport;

namespace FifoDtls.Interop.Tests;

/// <summary>Resumption by session tickets (RFC 5077) and by session ids (RFC 5246 §7.3), with OpenSSL's and GnuTLS's programs on the other side.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(60_000)]
public sealed class ResumptionTests
{
    private static DtlsEndpoint Serve(DtlsContext context) =>
        new(new DtlsEndpointOptions { LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0), ServerContext = context, MaxDatagramSize = 600 });

    private static DtlsContext Server(DtlsTicketOptions? tickets)
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        return new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials,
            TrustAnchors = [TestPki.Ca],
            Resumption = new DtlsResumptionOptions { Scope = "interop", Tickets = tickets },
        });
    }

    [TestCase(true), TestCase(false)]
    public void A_client_of_OpenSSL_resumes_at_another_server_with_the_same_key_only(bool sameKey)
    {
        Requires.Tool("openssl");
        using TempDirectory directory = new();
        string session = directory.PathOf("session.pem");
        using DtlsContext firstContext = Server(new DtlsTicketOptions { Key = new byte[32] });
        using DtlsContext secondContext = Server(new DtlsTicketOptions { Key = sameKey ? new byte[32] : [.. Enumerable.Repeat((byte)1, 32)] });
        using DtlsEndpoint first = Serve(firstContext);
        using DtlsEndpoint second = Serve(secondContext);
        Visit(first, resumed: false, "-sess_out", session);
        Visit(second, resumed: sameKey, "-sess_in", session);
        Visit(first, resumed: true, "-sess_in", session);
    }

    [Test]
    public void A_client_of_OpenSSL_resumes_a_session_of_the_cache()
    {
        Requires.Tool("openssl");
        using TempDirectory directory = new();
        string session = directory.PathOf("session.pem");
        using DtlsContext context = Server(tickets: null);
        using DtlsEndpoint server = Serve(context);
        Visit(server, resumed: false, "-sess_out", session);
        Visit(server, resumed: true, "-sess_in", session);
    }

    [TestCase("-no_cache", TestName = "A_ticket_of_a_server_of_OpenSSL_is_kept_and_offered")]
    [TestCase("-no_ticket", TestName = "A_session_of_the_cache_of_a_server_of_OpenSSL_is_kept_and_offered")]
    public void A_session_of_a_server_of_OpenSSL_is_kept_and_offered(string option)
    {
        Requires.Tool("openssl");
        using OpenSslServer server = OpenSslServer.Start(TestFiles.Server, option);
        ExpectResumed(server.EndPoint);
        server.Process.WaitForLine(OutputStream.Output, "^Reused session-id", Limits.Step);
    }

    [TestCase("--nodb", TestName = "A_ticket_of_a_server_of_GnuTLS_is_kept_and_offered")]
    [TestCase("--noticket", TestName = "A_session_of_the_cache_of_a_server_of_GnuTLS_is_kept_and_offered")]
    public void A_session_of_a_server_of_GnuTLS_is_kept_and_offered(string option)
    {
        Requires.Tool("gnutls-serv");
        int port = UdpPort.FindFree();
        using ChildProcess server = ChildProcess.Start(
            "gnutls-serv",
            "--udp", "--echo", option, "-p", $"{port}", "--x509certfile", TestFiles.Server.CertificatePath, "--x509keyfile", TestFiles.Server.KeyPath, "--disable-client-cert");
        server.WaitForLine(OutputStream.Error, "listening on IPv4 .*done", Limits.Step);
        ExpectResumed(new IPEndPoint(IPAddress.Loopback, port));
    }

    [Test]
    public void A_client_of_GnuTLS_resumes([Values] bool byTicket)
    {
        Requires.Tool("gnutls-cli");
        using DtlsContext context = Server(byTicket ? new DtlsTicketOptions() : null);
        using DtlsEndpoint server = Serve(context);
        using ChildProcess client = ChildProcess.Start(
            "gnutls-cli",
            "--udp", "--resume", "-p", $"{server.LocalEndPoint.Port}", "--x509cafile", TestFiles.Ca,
            "--x509certfile", TestFiles.Client.CertificatePath, "--x509keyfile", TestFiles.Client.KeyPath, "127.0.0.1");
        using DtlsPeer first = server.TryAccept(Limits.Step)!;
        using DtlsPeer second = server.TryAccept(Limits.Step)!;
        Assert.That((first.Negotiated!.WasResumed, second.Negotiated!.WasResumed), Is.EqualTo((false, true)));
        client.WaitForLine(OutputStream.Output, "This is a resumed session", Limits.Step);
    }

    private static void Visit(DtlsEndpoint server, bool resumed, params string[] more)
    {
        using OpenSslClient client = OpenSslClient.StartTrusting(
            TestFiles.Ca, server.LocalEndPoint, ["-cert", TestFiles.Client.CertificatePath, "-key", TestFiles.Client.KeyPath, .. more]);
        using DtlsPeer peer = server.TryAccept(Limits.Step)!;
        Assert.That(peer.Negotiated!.WasResumed, Is.EqualTo(resumed));
        Assert.That(peer.Negotiated.PeerCertificate!.Subject, Is.EqualTo(TestPki.Client.Subject));
        client.Process.WaitForLine(OutputStream.Output, resumed ? "^Reused, " : "^New, ", Limits.Step);
        peer.Send("down\n"u8);
        client.Process.WaitForLine(OutputStream.Output, "down$", Limits.Step);
        client.Process.WriteLine("Q");
        Assert.That(client.Process.WaitForExit(Limits.Step), Is.Zero);
    }

    private static void ExpectResumed(IPEndPoint server)
    {
        using DtlsContext context = new(new DtlsContextOptions { TrustAnchors = [TestPki.Ca], Resumption = new DtlsResumptionOptions { Scope = "interop" } });
        using DtlsEndpoint client = new(new DtlsEndpointOptions { LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 0), ClientContext = context, MaxDatagramSize = 600 });
        byte[] exported;
        using (DtlsPeer first = client.Connect(server))
        {
            Assert.That(first.Negotiated!.WasResumed, Is.False);
            using DtlsSession session = first.ExportSession()!;
            exported = session.Export();
        }

        using DtlsSession imported = DtlsSession.Import(exported);
        using DtlsPeer second = client.Connect(server, new DtlsConnectOptions { Session = imported });
        Assert.That(second.Negotiated!.WasResumed, Is.True);
    }
}
