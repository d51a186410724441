using System.Net.Security;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Cipher suites by their registry names.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
[CancelAfter(60_000)]
internal sealed class CipherSuiteTests
{
    private const TlsCipherSuite Aes128 = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    private const TlsCipherSuite Aes256 = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384;
    private const TlsCipherSuite ChaCha = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256;
    private const TlsCipherSuite Ccm = TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM;

    private static DtlsContext Client(params TlsCipherSuite[] suites) => new(new DtlsContextOptions { TrustAnchors = [TestPki.Ca], CipherSuites = suites });

    private static DtlsContext Server(params TlsCipherSuite[] suites)
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        return new DtlsContext(new DtlsContextOptions { Credentials = credentials, ClientCertificates = DtlsClientCertificates.None, CipherSuites = suites });
    }

    [TestCase(Aes128), TestCase(Aes256), TestCase(ChaCha), TestCase(Ccm)]
    public void The_one_suite_of_a_client_is_negotiated(TlsCipherSuite suite)
    {
        using DtlsContext client = Client(suite);
        using DtlsContext server = Server(Aes128, Aes256, ChaCha, Ccm);
        using DtlsPair pair = DtlsPair.Established(client, server);
        Assert.That(pair.Client.Negotiated!.CipherSuite, Is.EqualTo(suite));
        Assert.That(pair.Server.Negotiated!.CipherSuite, Is.EqualTo(suite));
        Assert.That(pair.Client.Negotiated.PskIdentity, Is.Null);
        pair.AssertAlive();
    }

    [Test]
    public void The_servers_order_rules()
    {
        using DtlsContext client = Client(Aes256, Aes128, ChaCha);
        using DtlsContext server = Server(ChaCha, Aes128, Aes256);
        using DtlsPair pair = DtlsPair.Established(client, server);
        Assert.That(pair.Client.Negotiated!.CipherSuite, Is.EqualTo(ChaCha));
    }

    [Test]
    public void A_client_sends_its_suites_in_its_order_and_no_other()
    {
        using DtlsContext client = Client(ChaCha, Aes256, Aes128);
        Assert.That(OfferedSuites.Of(client), Is.EqualTo(new[] { ChaCha, Aes256, Aes128 }));
    }

    [Test]
    public void The_default_offers_ECDHE_with_AEAD_only()
    {
        using DtlsContext client = Client();
        IReadOnlyList<TlsCipherSuite> offered = OfferedSuites.Of(client);
        Assert.That(offered, Is.Not.Empty);
        Assert.That(offered.Select(suite => suite.ToString()), Is.All.Match("^TLS_ECDHE_(ECDSA|RSA)_WITH_(AES_..._GCM|CHACHA20_POLY1305)_SHA"));
    }

    [Test]
    public void Without_a_common_suite_the_handshake_is_refused_by_an_alert()
    {
        using DtlsContext client = Client(Aes256);
        using DtlsContext server = Server(Aes128);
        using DtlsPair pair = new(client, server);
        (Exception? clientFailure, Exception? serverFailure) = pair.HandshakeFailures();
        Assert.That(clientFailure, Is.TypeOf<DtlsProtocolException>().With.Property("Alert").EqualTo(DtlsAlert.HandshakeFailure).And.Property("AlertSender").EqualTo(DtlsSide.Remote));
        Assert.That(serverFailure, Is.TypeOf<DtlsProtocolException>().With.Property("AlertSender").EqualTo(DtlsSide.Local));
    }

    [TestCase(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, TestName = "CBC is refused")]
    [TestCase(TlsCipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256, TestName = "RSA key exchange is refused")]
    [TestCase(TlsCipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, TestName = "DHE is refused")]
    [TestCase(TlsCipherSuite.TLS_DH_anon_WITH_AES_128_GCM_SHA256, TestName = "An anonymous suite is refused")]
    [TestCase(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_NULL_SHA, TestName = "NULL is refused")]
    [TestCase(TlsCipherSuite.TLS_RSA_EXPORT_WITH_RC4_40_MD5, TestName = "Export is refused")]
    [TestCase(TlsCipherSuite.TLS_RSA_PSK_WITH_AES_128_GCM_SHA256, TestName = "RSA_PSK is refused")]
    [TestCase(TlsCipherSuite.TLS_AES_128_GCM_SHA256, TestName = "A suite of TLS 1.3 is refused")]
    [TestCase((TlsCipherSuite)0xFFFF, TestName = "An unknown suite is refused")]
    public void What_is_not_supported_is_refused_by_name(TlsCipherSuite suite) =>
        Assert.That(
            () => Client(Aes128, suite),
            Throws.ArgumentException.With.Message.Contains($"{suite} (0x{(ushort)suite:X4})").And.Message.Contains(Aes128.ToString()));

    [Test]
    public void The_supported_suites_are_AEAD_with_a_good_key_exchange()
    {
        IReadOnlyList<TlsCipherSuite> supported = DtlsContext.SupportedCipherSuites;
        Assert.That(supported, Is.SupersetOf(new[] { Aes128, Aes256, ChaCha, Ccm, TlsCipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256 }));
        Assert.That(supported.Select(suite => suite.ToString()), Is.All.Match("^TLS_(ECDHE_ECDSA|ECDHE_RSA|ECDHE_PSK|PSK)_WITH_.*(GCM|CCM|CCM_8|POLY1305)(_SHA256|_SHA384)?$"));
    }

    [Test]
    public void A_list_that_leaves_a_role_nothing_is_refused_by_name()
    {
        using DtlsContext context = Client(TlsCipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256);
        Assert.That(
            () => new DtlsConnection(context, new ScriptedTransport(), DtlsRole.Client),
            Throws.InvalidOperationException.With.Message.Contains("CipherSuites").And.Message.Contains("ClientPsk"));
    }
}
