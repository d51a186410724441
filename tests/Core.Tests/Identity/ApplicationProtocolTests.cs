using System.Net.Security;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>The agreement on an application protocol (ALPN).</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class ApplicationProtocolTests
{
    private static SslApplicationProtocol[] Protocols(string names) =>
        [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => new SslApplicationProtocol(name))];

    private static DtlsContext Client(string protocols) =>
        new(new DtlsContextOptions { TrustAnchors = [TestPki.Ca], ApplicationProtocols = Protocols(protocols) });

    private static DtlsContext Server(string protocols)
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        return new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials,
            ClientCertificates = DtlsClientCertificates.None,
            ApplicationProtocols = Protocols(protocols),
        });
    }

    [TestCase("coap", "coap", "coap")]
    [TestCase("a b c", "c b", "c", TestName = "The server's preference decides")]
    [TestCase("ab b abc", "abc", "abc", TestName = "A protocol is not taken for another one that begins like it")]
    [TestCase("", "coap", null, TestName = "A client that offers none is served without")]
    [TestCase("coap", "", null, TestName = "A server that has none ignores the offer")]
    [TestCase("", "", null, TestName = "Without protocols there is none")]
    public void What_both_sides_agree_on(string offered, string served, string? agreed)
    {
        using DtlsContext client = Client(offered);
        using DtlsContext server = Server(served);
        using DtlsPair pair = DtlsPair.Established(client, server);
        SslApplicationProtocol? expected = agreed is null ? null : new SslApplicationProtocol(agreed);
        Assert.That(pair.Client.Negotiated!.ApplicationProtocol, Is.EqualTo(expected));
        Assert.That(pair.Server.Negotiated!.ApplicationProtocol, Is.EqualTo(expected));
        pair.AssertAlive();
    }

    [TestCase("a b", "c"), TestCase("ab", "a"), TestCase("a", "ab")]
    public void Without_a_common_protocol_the_client_is_refused(string offered, string served)
    {
        using DtlsContext client = Client(offered);
        using DtlsContext server = Server(served);
        using DtlsPair pair = new(client, server);
        (Exception? clientFailure, Exception? serverFailure) = pair.HandshakeFailures();
        foreach ((Exception? failure, DtlsSide sender) in ((Exception?, DtlsSide)[])[(clientFailure, DtlsSide.Remote), (serverFailure, DtlsSide.Local)])
        {
            Assert.That(failure, Is.TypeOf<DtlsProtocolException>()
                .With.Property(nameof(DtlsProtocolException.Alert)).EqualTo(DtlsAlert.NoApplicationProtocol)
                .And.Property(nameof(DtlsProtocolException.AlertSender)).EqualTo(sender));
        }

        Assert.That(serverFailure!.Message, Does.Contain("no application protocol that is served"));
    }

    [Test]
    public void The_openssl_program_agrees()
    {
        Requires.Tool("openssl");
        using DtlsContext context = Server("second first");
        using UdpServer server = new(context);
        using ChildProcess client = ChildProcess.Start(
            "openssl", "s_client", "-connect", server.Address, "-dtls1_2", "-alpn", "first,second", "-servername", "some.test");
        BlockingThread handshake = BlockingThread.Start("server", () => server.Connection.Handshake(Limits.Watchdog));
        client.WaitForLine(OutputStream.Output, "ALPN protocol: second", Limits.Watchdog);
        handshake.Join(Limits.Watchdog);
        Assert.That(server.Connection.Negotiated!.ApplicationProtocol, Is.EqualTo(new SslApplicationProtocol("second")));
        Assert.That(server.Connection.Negotiated!.RequestedServerName, Is.EqualTo("some.test"));
    }

    [Test]
    public void An_empty_protocol_is_an_error() =>
        Assert.That(
            () => new DtlsContext(new DtlsContextOptions { ApplicationProtocols = [default] }),
            Throws.ArgumentException.With.Message.Contains(nameof(DtlsContextOptions.ApplicationProtocols)));

    [Test]
    public void A_list_that_is_too_long_is_an_error() =>
        Assert.That(
            () => new DtlsContext(new DtlsContextOptions { ApplicationProtocols = [.. Enumerable.Repeat(new SslApplicationProtocol(new string('x', 255)), 257)] }),
            Throws.ArgumentException.With.Message.Contains(nameof(DtlsContextOptions.ApplicationProtocols)));
}
