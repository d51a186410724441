using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>What a server asks of its clients: nothing, a certificate if they have one, or a certificate.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class ClientCertificateTests
{
    private const int UnableToGetIssuerLocally = 20;
    private const int UnsuitablePurpose = 26;

    [Test]
    public void Optional_serves_a_client_without_a_certificate()
    {
        using DtlsContext server = TestContexts.Make(TestPki.Server, TestPki.Ca, clients: DtlsClientCertificates.Optional);
        using DtlsPair pair = DtlsPair.Established(TestContexts.AnonymousClient, server);
        Assert.That(pair.Server.Negotiated!.PeerCertificate, Is.Null);
        pair.AssertAlive();
    }

    [TestCase(DtlsClientCertificates.Optional), TestCase(DtlsClientCertificates.Required)]
    public void A_server_that_asks_gets_the_certificate(DtlsClientCertificates asked)
    {
        using DtlsContext server = TestContexts.Make(TestPki.Server, TestPki.Ca, clients: asked);
        using DtlsPair pair = DtlsPair.Established(TestContexts.Client, server);
        Assert.That(pair.Server.Negotiated!.PeerCertificate!.RawData, Is.EqualTo(TestPki.Client.RawData));
    }

    [Test]
    public void A_server_that_does_not_ask_gets_none()
    {
        using DtlsPair pair = DtlsPair.Established(TestContexts.Client, TestContexts.OpenServer);
        Assert.That(pair.Server.Negotiated!.PeerCertificate, Is.Null);
    }

    [TestCase(DtlsClientCertificates.Optional), TestCase(DtlsClientCertificates.Required)]
    public void A_certificate_that_is_shown_must_be_valid(DtlsClientCertificates asked)
    {
        using DtlsContext server = TestContexts.Make(TestPki.Server, TestPki.Ca, clients: asked);
        using DtlsContext client = TestContexts.Make(TestPki.ClientOfOtherCa, TestPki.Ca);
        Verification.AssertRefused(DtlsRole.Server, client, server, UnableToGetIssuerLocally, DtlsAlert.UnknownCa);
    }

    [Test]
    public void A_server_s_certificate_in_the_place_of_a_client_s_is_refused()
    {
        using DtlsContext client = TestContexts.Make(TestPki.Server, TestPki.Ca);
        Verification.AssertRefused(DtlsRole.Server, client, TestContexts.Server, UnsuitablePurpose, DtlsAlert.UnsupportedCertificate);
    }

    [TestCase(DtlsClientCertificates.Optional), TestCase(DtlsClientCertificates.Required)]
    public void A_server_that_asks_must_have_something_to_judge_by(DtlsClientCertificates asked)
    {
        using DtlsContext server = TestContexts.Make(TestPki.Server, null, clients: asked);
        using MemoryLink link = new();
        Assert.That(
            () => new DtlsConnection(server, link.Server, DtlsRole.Server),
            Throws.InvalidOperationException.With.Message.Contains(nameof(DtlsContextOptions.TrustAnchors)));
    }

    [TestCase(DtlsClientCertificates.Optional, true), TestCase(DtlsClientCertificates.Required, true), TestCase(DtlsClientCertificates.None, false)]
    public void The_authorities_names_are_sent_when_a_certificate_is_asked_for(DtlsClientCertificates asked, bool sent)
    {
        Requires.Tool("openssl");
        using TempDirectory directory = new();
        PemFiles files = TestPki.WritePem(directory, "client", TestPki.Client);
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        using DtlsContext context = new(new DtlsContextOptions
        {
            Credentials = credentials,
            TrustAnchors = [TestPki.Ca, TestPki.RsaCa],
            ClientCertificates = asked,
        });
        using UdpServer server = new(context);
        using ChildProcess client = ChildProcess.Start(
            "openssl", "s_client", "-connect", server.Address, "-dtls1_2", "-cert", files.CertificatePath, "-key", files.KeyPath);
        BlockingThread handshake = BlockingThread.Start("server", () => server.Connection.Handshake(Limits.Watchdog));
        client.WaitForLine(OutputStream.Output, sent ? "Acceptable client certificate CA names" : "No client certificate CA names sent", Limits.Watchdog);
        if (sent)
        {
            client.WaitForLine(OutputStream.Output, @"CN ?= ?FifoDtls test CA", Limits.Watchdog);
            client.WaitForLine(OutputStream.Output, @"CN ?= ?FifoDtls RSA CA", Limits.Watchdog);
        }

        handshake.Join(Limits.Watchdog);
        Assert.That(server.Connection.Negotiated!.PeerCertificate is not null, Is.EqualTo(sent));
    }
}
