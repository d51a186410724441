using System.Text;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>What <c>openssl s_client</c> may and may not do to a server of ours.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class OpenSslClientTests
{
    private static ChildProcess StartClient(UdpServer server, params string[] arguments) =>
        ChildProcess.Start("openssl", ["s_client", "-connect", server.Address, .. arguments]);

    private static BlockingThread StartHandshake(UdpServer server) =>
        BlockingThread.Start("server", () => server.Connection.Handshake(Limits.Watchdog));

    [TestCase("ECDHE-ECDSA-AES128-GCM-SHA256"), TestCase("ECDHE-ECDSA-CHACHA20-POLY1305"), TestCase("ALL")]
    public void A_client_with_a_good_suite_is_served(string ciphers)
    {
        Requires.Tool("openssl");
        using UdpServer server = new(TestContexts.OpenServer);
        using ChildProcess client = StartClient(server, "-dtls1_2", "-cipher", ciphers);
        BlockingThread handshake = StartHandshake(server);
        handshake.Join(Limits.Watchdog);
        client.WriteLine("a line");
        byte[] buffer = new byte[2048];
        DtlsReceiveResult result = server.Connection.Receive(buffer, Limits.Watchdog);
        Assert.That(Encoding.UTF8.GetString(buffer, 0, result.Length), Is.EqualTo("a line\n"));
        server.Connection.Send("an answer\n"u8);
        client.WaitForLine(OutputStream.Output, "an answer", Limits.Watchdog);
        client.WriteLine("Q");
        Assert.That(server.Connection.Receive(buffer, Limits.Watchdog).Status, Is.EqualTo(DtlsReceiveStatus.ClosedByPeer));
    }

    [TestCase("-dtls1", "ALL:@SECLEVEL=0", DtlsAlert.ProtocolVersion, TestName = "A client that offers only DTLS 1.0 is refused")]
    [TestCase("-dtls1_2", "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA", DtlsAlert.HandshakeFailure, TestName = "A client that offers only CBC suites is refused")]
    [TestCase("-dtls1_2", "AES128-GCM-SHA256:AES256-GCM-SHA384", DtlsAlert.HandshakeFailure, TestName = "A client that offers only RSA key exchange is refused")]
    [TestCase("-dtls1_2", "aNULL:@SECLEVEL=0", DtlsAlert.HandshakeFailure, TestName = "A client that offers only anonymous suites is refused")]
    public void A_weak_client_is_refused(string version, string ciphers, DtlsAlert alert)
    {
        Requires.Tool("openssl");
        // An RSA certificate, so that RSA key exchange fails for its own sake.
        using DtlsContext rsa = TestContexts.Make(TestPki.ServerRsa, null, clients: DtlsClientCertificates.None);
        using UdpServer server = new(ciphers.StartsWith("AES", StringComparison.Ordinal) ? rsa : TestContexts.OpenServer);
        using ChildProcess client = StartClient(server, version, "-cipher", ciphers);
        BlockingThread handshake = StartHandshake(server);
        Assert.That(handshake.TryJoin(Limits.Watchdog), Is.True);
        Assert.That(handshake.Exception, Is.TypeOf<DtlsProtocolException>()
            .With.Property(nameof(DtlsProtocolException.Alert)).EqualTo(alert)
            .And.Property(nameof(DtlsProtocolException.AlertSender)).EqualTo(DtlsSide.Local));
        Assert.That(client.WaitForExit(Limits.Watchdog), Is.Not.Zero);
    }

    [Test]
    public void A_renegotiation_is_refused()
    {
        Requires.Tool("openssl");
        using UdpServer server = new(TestContexts.OpenServer);
        using ChildProcess client = StartClient(server, "-dtls1_2");
        StartHandshake(server).Join(Limits.Watchdog);
        byte[] buffer = new byte[2048];
        client.WriteLine("before");
        Assert.That(server.Connection.Receive(buffer, Limits.Watchdog).HasData, Is.True);
        long sent = server.Connection.Statistics.DatagramsSent;
        client.WriteLine("R");
        // The server answers by the warning no_renegotiation; the program takes that for fatal and says so.
        Assert.That(
            () => server.Connection.Receive(buffer, Limits.Watchdog),
            Throws.TypeOf<DtlsProtocolException>().With.Property(nameof(DtlsProtocolException.AlertSender)).EqualTo(DtlsSide.Remote));
        Assert.That(client.WaitForExit(Limits.Watchdog), Is.Not.Zero);
        Assert.That(client.Text(OutputStream.Error), Does.Contain("no renegotiation"));
        Assert.That(server.Connection.Statistics.DatagramsSent - sent, Is.EqualTo(1), "no flight of a new handshake was sent");
    }
}
