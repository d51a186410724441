using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>The application's own word on a peer's certificate.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class CertificateValidationTests
{
    private const int UnableToGetIssuerLocally = 20;
    private const int HostnameMismatch = 62;
    private const int ApplicationRefused = 50;

    private sealed record Seen(string Subject, string[] Chain, int VerifyResult, string Description, DtlsRole Role, string? ServerName, int Thread);

    private static DtlsContext Client(Func<DtlsCertificateVerdict, bool> validation, X509Certificate2? trusted = null, params string[] pins) =>
        new(new DtlsContextOptions { TrustAnchors = trusted is null ? [] : [trusted], PinnedCertificates = pins, CertificateValidation = validation });

    private static Func<DtlsCertificateVerdict, bool> Noting(List<Seen> seen, bool accept) => verdict =>
    {
        Assert.That(verdict.Certificate, Is.SameAs(verdict.Chain[0]));
        Assert.That(verdict.IsValid, Is.EqualTo(verdict.VerifyResult == 0));
        seen.Add(new Seen(
            verdict.Certificate.Subject, [.. verdict.Chain.Select(certificate => certificate.Thumbprint)], verdict.VerifyResult,
            verdict.Description, verdict.Role, verdict.ServerName, Environment.CurrentManagedThreadId));
        return accept;
    };

    [Test]
    public void It_sees_the_chain_the_verdict_and_the_role()
    {
        List<Seen> seen = [];
        using DtlsContext client = Client(Noting(seen, accept: true), TestPki.Ca);
        using DtlsContext server = Verification.OpenServer(TestPki.ChainedServer, TestPki.Intermediate.Certificate);
        Verification.AssertAccepted(client, server, "localhost");
        Assert.That(seen, Has.Count.EqualTo(1));
        Assert.That(seen[0].Subject, Is.EqualTo(TestPki.ChainedServer.Subject));
        Assert.That(seen[0].Chain, Is.EqualTo((string[])
            [TestPki.ChainedServer.Thumbprint, TestPki.Intermediate.Certificate.Thumbprint, TestPki.Ca.Thumbprint]));
        Assert.That(seen[0], Has.Property("VerifyResult").Zero.And.Property("Role").EqualTo(DtlsRole.Client).And.Property("ServerName").EqualTo("localhost"));
    }

    [Test]
    public void It_accepts_what_OpenSSL_would_refuse()
    {
        List<Seen> seen = [];
        using DtlsContext client = Client(Noting(seen, accept: true));
        using DtlsContext server = Verification.OpenServer(TestPki.ServerOfOtherCa);
        Verification.AssertAccepted(client, server);
        Assert.That(seen.Single(), Has.Property("VerifyResult").EqualTo(UnableToGetIssuerLocally)
            .And.Property("Description").EqualTo("unable to get local issuer certificate"));
        Assert.That(seen[0].Chain[0], Is.EqualTo(TestPki.ServerOfOtherCa.Thumbprint));
    }

    [Test]
    public void It_accepts_another_name_than_was_asked_for()
    {
        List<Seen> seen = [];
        using DtlsContext client = Client(Noting(seen, accept: true), TestPki.Ca);
        Verification.AssertAccepted(client, TestContexts.OpenServer, "other.test");
        Assert.That(seen.Single().VerifyResult, Is.EqualTo(HostnameMismatch));
    }

    [Test]
    public void It_refuses_what_OpenSSL_would_accept()
    {
        using DtlsContext client = Client(_ => false, TestPki.Ca);
        DtlsCertificateException refusal = Verification.AssertRefused(
            DtlsRole.Client, client, TestContexts.OpenServer, ApplicationRefused, DtlsAlert.HandshakeFailure);
        Assert.That(refusal.Message, Does.Contain(nameof(DtlsContextOptions.CertificateValidation)));
        Assert.That(refusal.InnerException, Is.Null);
    }

    [Test]
    public void When_it_agrees_with_a_refusal_the_reason_is_OpenSSL_s()
    {
        using DtlsContext client = Client(verdict => verdict.IsValid, TestPki.Ca);
        using DtlsContext server = Verification.OpenServer(TestPki.ServerOfOtherCa);
        Verification.AssertRefused(DtlsRole.Client, client, server, UnableToGetIssuerLocally, DtlsAlert.UnknownCa);
    }

    [Test]
    public void It_has_the_last_word_on_pins_too()
    {
        List<Seen> seen = [];
        using DtlsContext client = Client(Noting(seen, accept: true), null, Verification.Fingerprint(TestPki.ServerRsa));
        Verification.AssertAccepted(client, TestContexts.OpenServer);
        Assert.That(seen.Single().Description, Does.Contain("not one of the pinned"));
    }

    [Test]
    public void What_it_throws_is_the_inner_exception_of_the_failure()
    {
        InvalidTimeZoneException thrown = new("the application's own fault");
        using DtlsContext client = Client(_ => throw thrown, TestPki.Ca);
        DtlsCertificateException refusal = Verification.AssertRefused(
            DtlsRole.Client, client, TestContexts.OpenServer, ApplicationRefused, DtlsAlert.HandshakeFailure);
        Assert.That(refusal.InnerException, Is.SameAs(thrown));
        Assert.That(refusal.Message, Does.Contain(thrown.Message));
    }

    [Test]
    public void A_server_s_runs_on_the_handshake_s_thread_and_only_for_clients_that_show_a_certificate()
    {
        List<Seen> seen = [];
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        using DtlsContext server = new(new DtlsContextOptions
        {
            Credentials = credentials,
            ClientCertificates = DtlsClientCertificates.Optional,
            CertificateValidation = Noting(seen, accept: true),
        });
        Verification.AssertAccepted(TestContexts.AnonymousClient, server);
        Assert.That(seen, Is.Empty);

        using DtlsPair pair = new(TestContexts.Client, server);
        int thread = 0;
        BlockingThread serving = BlockingThread.Start("server", () =>
        {
            thread = Environment.CurrentManagedThreadId;
            pair.Server.Handshake(Limits.Watchdog);
        });
        BlockingThread calling = BlockingThread.Start("client", () => pair.Client.Handshake(Limits.Watchdog));
        BlockingThread.JoinAll(Limits.Watchdog * 1.5, calling, serving);
        Assert.That(seen.Single(), Has.Property("Role").EqualTo(DtlsRole.Server).And.Property("ServerName").Null.And.Property("Thread").EqualTo(thread));
    }

    [Test]
    public void Nothing_is_delivered_when_it_refuses_although_the_client_was_ready_to_send()
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        using DtlsContext server = new(new DtlsContextOptions
        {
            Credentials = credentials,
            TrustAnchors = [TestPki.Ca],
            CertificateValidation = _ => false,
        });
        using DtlsPair pair = new(TestContexts.Client, server);
        (Exception? client, Exception? serving) = pair.HandshakeFailures();
        Assert.That(client, Is.TypeOf<DtlsProtocolException>());
        Assert.That(serving, Is.TypeOf<DtlsCertificateException>());
        Assert.That(() => pair.Server.Receive(new byte[64], TimeSpan.Zero), Throws.InstanceOf<DtlsException>().With.InnerException.SameAs(serving));
        Assert.That(pair.Server.Statistics.PayloadsReceived, Is.Zero);
    }
}
