using System.Net.Security;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Contexts with pre-shared keys and certificates: neither lets in who could not show the other.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
[CancelAfter(60_000)]
internal sealed class PskAndCertificateTests
{
    private static byte[] Key => [.. Enumerable.Range(1, 16).Select(i => (byte)i)];

    private static DtlsPsk Psk(string? hint) => new("a client", Key);

    private static DtlsContext ServerOfBoth()
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        return new DtlsContext(new DtlsContextOptions { Credentials = credentials, TrustAnchors = [TestPki.Ca], ServerPsk = _ => Key });
    }

    private static bool IsPsk(TlsCipherSuite suite) => suite.ToString().Contains("PSK_", StringComparison.Ordinal);

    [TestCase(true), TestCase(false)]
    public void A_client_with_PSK_alone_offers_PSK_suites_alone(bool verifyServer)
    {
        using DtlsContext client = new(new DtlsContextOptions { ClientPsk = Psk, VerifyServer = verifyServer });
        IReadOnlyList<TlsCipherSuite> offered = OfferedSuites.Of(client);
        Assert.That(offered, Is.Not.Empty);
        Assert.That(offered, Is.All.Matches<TlsCipherSuite>(IsPsk));
    }

    [Test]
    public void A_client_that_names_suites_with_certificates_but_cant_verify_them_offers_PSK_suites_alone([Values] bool verifyServer)
    {
        using DtlsContext client = new(new DtlsContextOptions
        {
            ClientPsk = Psk,
            VerifyServer = verifyServer,
            CipherSuites = [TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256],
        });
        Assert.That(OfferedSuites.Of(client), Is.EqualTo(new[] { TlsCipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256 }));
    }

    [Test]
    public void A_client_with_PSK_that_verifies_nobody_does_not_take_a_server_with_a_certificate()
    {
        using DtlsContext client = new(new DtlsContextOptions { ClientPsk = Psk, VerifyServer = false });
        using DtlsPair pair = new(client, TestContexts.OpenServer);
        (Exception? clientFailure, Exception? serverFailure) = pair.HandshakeFailures();
        Assert.That(clientFailure, Is.TypeOf<DtlsProtocolException>());
        Assert.That(serverFailure, Is.TypeOf<DtlsProtocolException>());
    }

    [Test]
    public void A_client_with_both_offers_both()
    {
        using DtlsContext client = new(new DtlsContextOptions { ClientPsk = Psk, TrustAnchors = [TestPki.Ca] });
        IReadOnlyList<TlsCipherSuite> offered = OfferedSuites.Of(client);
        Assert.That(offered.Any(IsPsk), Is.True);
        Assert.That(offered.All(IsPsk), Is.False);
    }

    [Test]
    public void A_server_with_both_serves_clients_of_both_kinds()
    {
        using DtlsContext server = ServerOfBoth();
        using DtlsContext psk = new(new DtlsContextOptions { ClientPsk = Psk });
        using (DtlsPair pair = DtlsPair.Established(psk, server))
        {
            Assert.That(pair.Server.Negotiated!.PskIdentity, Is.EqualTo("a client"));
            Assert.That(pair.Server.Negotiated.PeerCertificate, Is.Null);
            pair.AssertAlive();
        }

        using (DtlsPair pair = DtlsPair.Established(TestContexts.Client, server))
        {
            Assert.That(pair.Server.Negotiated!.PskIdentity, Is.Null);
            Assert.That(pair.Server.Negotiated.PeerCertificate!.RawData, Is.EqualTo(TestPki.Client.RawData));
            pair.AssertAlive();
        }
    }

    [Test]
    public void A_server_with_both_refuses_a_client_without_either()
    {
        using DtlsContext server = ServerOfBoth();
        using DtlsPair pair = new(TestContexts.AnonymousClient, server);
        Assert.That(pair.HandshakeFailures().Server, Is.TypeOf<DtlsCertificateException>());
    }

    [Test]
    public void A_server_with_PSK_alone_refuses_a_client_without()
    {
        using DtlsContext server = new(new DtlsContextOptions { ServerPsk = _ => Key });
        using DtlsPair pair = new(TestContexts.CredulousClient, server);
        (Exception? client, Exception? serverFailure) = pair.HandshakeFailures();
        Assert.That(client, Is.TypeOf<DtlsProtocolException>());
        Assert.That(serverFailure, Is.TypeOf<DtlsProtocolException>().With.Property("Alert").EqualTo(DtlsAlert.HandshakeFailure));
    }

    [Test]
    public void The_PSK_of_one_role_does_not_make_the_other_usable()
    {
        using DtlsContext client = new(new DtlsContextOptions { ClientPsk = Psk });
        Assert.That(() => new DtlsConnection(client, new ScriptedTransport(), DtlsRole.Server), Throws.InvalidOperationException.With.Message.Contains("Credentials"));
        using DtlsContext server = new(new DtlsContextOptions { ServerPsk = _ => Key });
        Assert.That(() => new DtlsConnection(server, new ScriptedTransport(), DtlsRole.Client), Throws.InvalidOperationException.With.Message.Contains("TrustAnchors"));
    }

    [Test]
    public void One_context_with_both_callbacks_plays_both_roles()
    {
        using DtlsContext context = new(new DtlsContextOptions { ClientPsk = Psk, ServerPsk = _ => Key });
        using DtlsPair pair = DtlsPair.Established(context, context);
        pair.AssertAlive();
    }
}
