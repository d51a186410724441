using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Each way in which a handshake is refused has an outcome of its own, on both sides.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class HandshakeRefusalTests
{
    // X509_V_ERR_... of x509_vfy.h
    private const int UnableToGetIssuerLocally = 20;
    private const int CertificateHasExpired = 10;
    private const int HostnameMismatch = 62;
    private const int AddressMismatch = 64;

    [Test]
    public void A_server_of_an_unknown_authority_is_refused()
    {
        using DtlsContext server = TestContexts.Make(TestPki.ServerOfOtherCa, TestPki.Ca);
        AssertServerRefused(TestContexts.Client, server, null, UnableToGetIssuerLocally, DtlsAlert.UnknownCa);
    }

    [Test]
    public void An_expired_server_certificate_is_refused()
    {
        using DtlsContext server = TestContexts.Make(TestPki.ExpiredServer, TestPki.Ca);
        AssertServerRefused(TestContexts.Client, server, null, CertificateHasExpired, DtlsAlert.CertificateExpired);
    }

    [TestCase("another.test", HostnameMismatch), TestCase("127.0.0.2", AddressMismatch), TestCase("::2", AddressMismatch)]
    public void A_server_certificate_for_another_name_is_refused(string name, int reason) =>
        AssertServerRefused(TestContexts.Client, TestContexts.Server, name, reason, DtlsAlert.BadCertificate);

    [Test]
    public void A_client_certificate_in_the_place_of_a_server_s_is_refused()
    {
        using DtlsContext server = TestContexts.Make(TestPki.Client, TestPki.Ca);
        AssertServerRefused(TestContexts.Client, server, null, 26, DtlsAlert.UnsupportedCertificate);
    }

    [Test]
    public void A_client_of_an_unknown_authority_is_refused()
    {
        using DtlsContext client = TestContexts.Make(TestPki.ClientOfOtherCa, TestPki.Ca);
        AssertClientRefused(client, UnableToGetIssuerLocally, DtlsAlert.UnknownCa);
    }

    [Test]
    public void An_expired_client_certificate_is_refused()
    {
        using DtlsContext client = TestContexts.Make(TestPki.ExpiredClient, TestPki.Ca);
        AssertClientRefused(client, CertificateHasExpired, DtlsAlert.CertificateExpired);
    }

    [Test]
    public void A_client_without_the_required_certificate_is_refused() =>
        AssertClientRefused(TestContexts.AnonymousClient, 0, DtlsAlert.HandshakeFailure);

    [Test]
    public void Two_clients_refuse_each_other_with_an_alert()
    {
        using MemoryLink link = new();
        using DtlsConnection first = new(TestContexts.Client, link.Client, DtlsRole.Client);
        using DtlsConnection second = new(TestContexts.Client, link.Server, DtlsRole.Client);
        BlockingThread one = BlockingThread.Start("first client", () => first.Handshake(Limits.Watchdog));
        BlockingThread two = BlockingThread.Start("second client", () => second.Handshake(Limits.Watchdog));
        Assert.That(one.TryJoin(Limits.Watchdog) & two.TryJoin(Limits.Watchdog), Is.True);
        DtlsProtocolException?[] failures = [one.Exception as DtlsProtocolException, two.Exception as DtlsProtocolException];
        Assert.That(failures, Has.All.Not.Null);
        Assert.That(failures.Select(failure => failure!.Alert), Has.All.EqualTo(DtlsAlert.UnexpectedMessage));
        Assert.That(failures.Select(failure => failure!.AlertSender), Has.Some.EqualTo(DtlsSide.Local));
    }

    [Test]
    public void A_forged_server_signature_is_a_protocol_failure_even_for_a_client_that_does_not_verify()
    {
        using DtlsContext server = TestContexts.Make(TestPki.ServerOfOtherCa, null, clients: DtlsClientCertificates.None);
        using DtlsPair pair = new(TestContexts.CredulousClient, server);
        pair.Link.ToClient.Interceptor = SpoilServerKeyExchange;
        (Exception? client, Exception? serverFailure) = pair.HandshakeFailures();
        Assert.That(client, Is.TypeOf<DtlsProtocolException>()
            .With.Property(nameof(DtlsProtocolException.Alert)).EqualTo(DtlsAlert.DecryptError)
            .And.Property(nameof(DtlsProtocolException.AlertSender)).EqualTo(DtlsSide.Local));
        AssertAlerted(serverFailure, DtlsAlert.DecryptError);
    }

    [Test]
    public void A_failed_handshake_is_final()
    {
        using DtlsContext server = TestContexts.Make(TestPki.ServerOfOtherCa, TestPki.Ca);
        using DtlsPair pair = new(server: server);
        _ = pair.HandshakeFailures();
        foreach (DtlsConnection side in (DtlsConnection[])[pair.Client, pair.Server])
        {
            Assert.That(side.State, Is.EqualTo(DtlsConnectionState.Failed));
            Assert.That(side.Negotiated, Is.Null);
            Assert.That(() => side.Handshake(TimeSpan.Zero), Throws.InvalidOperationException);
            Assert.That(() => side.Send([1]), Throws.InstanceOf<DtlsException>());
            Assert.That(() => side.Receive(new byte[1], TimeSpan.Zero), Throws.InstanceOf<DtlsException>());
        }

        Assert.That(
            () => pair.Server.Send([1]),
            Throws.TypeOf<DtlsProtocolException>().With.Property(nameof(DtlsProtocolException.Alert)).EqualTo(DtlsAlert.UnknownCa),
            "the reason is told again");
    }

    private static void AssertServerRefused(DtlsContext client, DtlsContext server, string? name, int reason, DtlsAlert alert)
    {
        using DtlsPair pair = new(client, server, clientOptions: new DtlsConnectionOptions { ServerName = name });
        (Exception? clientFailure, Exception? serverFailure) = pair.HandshakeFailures();
        AssertRefused(clientFailure, reason);
        AssertAlerted(serverFailure, alert);
        Assert.That(pair.Client.Negotiated, Is.Null);
    }

    private static void AssertClientRefused(DtlsContext client, int reason, DtlsAlert alert)
    {
        using DtlsPair pair = new(client);
        (Exception? clientFailure, Exception? serverFailure) = pair.HandshakeFailures();
        AssertRefused(serverFailure, reason);
        AssertAlerted(clientFailure, alert);
    }

    private static void AssertRefused(Exception? failure, int reason) =>
        Assert.That(failure, Is.TypeOf<DtlsCertificateException>().With.Property(nameof(DtlsCertificateException.VerifyResult)).EqualTo(reason));

    private static void AssertAlerted(Exception? failure, DtlsAlert alert)
    {
        Assert.That(failure, Is.TypeOf<DtlsProtocolException>()
            .With.Property(nameof(DtlsProtocolException.Alert)).EqualTo(alert)
            .And.Property(nameof(DtlsProtocolException.AlertSender)).EqualTo(DtlsSide.Remote)
            .And.Message.Contains(alert.ToString()));
    }

    // The signature stands at the end of the message (RFC 8422 §5.4).
    private static void SpoilServerKeyExchange(int number, ReadOnlySpan<byte> datagram, DatagramSender deliver)
    {
        const byte ServerKeyExchange = 12;
        List<byte[]> records = Tests.Records.Split(datagram);
        foreach (byte[] record in records.Where(record => record[0] == DtlsRecord.Handshake && record[13] == ServerKeyExchange))
        {
            record[^1] ^= 1;
        }

        deliver(records.SelectMany(record => record).ToArray());
    }
}
