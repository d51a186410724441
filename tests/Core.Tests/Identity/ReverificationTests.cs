using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>A peer's certificate is verified again, outside a handshake.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class ReverificationTests
{
    private const int NoIssuer = 20;
    private const int Expired = 10;
    private const int Revoked = 23;
    private const int Purpose = 26;
    private const int Rejected = 28;

    [Test]
    public void The_verdict_is_that_of_a_handshake()
    {
        using DtlsContext context = new(new DtlsContextOptions { TrustAnchors = [TestPki.Ca] });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(context.Verify(TestPki.Server, DtlsRole.Client).VerifyResult, Is.Zero);
            Assert.That(context.Verify(TestPki.Client, DtlsRole.Server).VerifyResult, Is.Zero);
            Assert.That(context.Verify(TestPki.Client, DtlsRole.Client).VerifyResult, Is.EqualTo(Purpose));
            Assert.That(context.Verify(TestPki.Server, DtlsRole.Server).VerifyResult, Is.EqualTo(Purpose));
            Assert.That(context.Verify(TestPki.ExpiredServer, DtlsRole.Client).VerifyResult, Is.EqualTo(Expired));
            Assert.That(context.Verify(TestPki.ServerOfOtherCa, DtlsRole.Client).VerifyResult, Is.EqualTo(NoIssuer));
            Assert.That(context.Verify(TestPki.ChainedServer, DtlsRole.Client).VerifyResult, Is.EqualTo(NoIssuer));
            Assert.That(context.Verify(TestPki.ChainedServer, DtlsRole.Client, TestPki.Intermediate.Certificate).VerifyResult, Is.Zero);
        }
    }

    [Test]
    public void The_verdict_says_what_was_found()
    {
        using DtlsContext context = new(new DtlsContextOptions { TrustAnchors = [TestPki.Ca] });

        DtlsCertificateVerdict good = context.Verify(TestPki.ChainedServer, DtlsRole.Client, TestPki.Intermediate.Certificate);
        DtlsCertificateVerdict bad = context.Verify(TestPki.ExpiredServer, DtlsRole.Client);

        Assert.That(good.Chain.Select(certificate => certificate.Subject), Is.EqualTo(new[] { TestPki.ChainedServer.Subject, TestPki.Intermediate.Certificate.Subject, TestPki.Ca.Subject }));
        Assert.That((good.IsValid, good.Role, good.ServerName), Is.EqualTo((true, DtlsRole.Client, (string?)null)));
        Assert.That((bad.IsValid, bad.Description), Is.EqualTo((false, "certificate has expired")));
        Assert.That(bad.Certificate.Subject, Is.EqualTo(TestPki.ExpiredServer.Subject));
    }

    [Test, CancelAfter(60_000)]
    public void A_peer_of_an_open_association_is_found_to_be_revoked_after_the_update()
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        using DtlsContext server = new(new DtlsContextOptions { Credentials = credentials, TrustAnchors = [TestPki.Ca], RevocationLists = [RevocationLists.Make(1)] });
        using DtlsPair pair = DtlsPair.Established(TestContexts.Client, server);
        X509Certificate2 peer = pair.Server.Negotiated!.PeerCertificate!;
        Assert.That(server.Verify(peer, pair.Server.Role).IsValid, Is.True);

        server.UpdateRevocationLists([RevocationLists.Make(2, TestPki.Client)]);

        DtlsCertificateVerdict verdict = server.Verify(peer, pair.Server.Role);
        Assert.That((verdict.VerifyResult, verdict.Description), Is.EqualTo((Revoked, "certificate revoked")));
        pair.AssertAlive();
    }

    [Test]
    public void Pins_count_with_and_without_trust_anchors([Values] bool anchored)
    {
        using DtlsContext context = new(new DtlsContextOptions
        {
            TrustAnchors = anchored ? [TestPki.Ca] : [],
            PinnedCertificates = [Verification.Fingerprint(TestPki.Server)],
        });

        DtlsCertificateVerdict other = context.Verify(TestPki.ChainedServer, DtlsRole.Client, TestPki.Intermediate.Certificate);

        Assert.That(context.Verify(TestPki.Server, DtlsRole.Client).IsValid, Is.True);
        Assert.That((other.VerifyResult, other.Description), Is.EqualTo((Rejected, "it is not one of the pinned certificates")));
    }

    [Test]
    public void The_application_s_validation_is_not_asked()
    {
        using DtlsContext context = new(new DtlsContextOptions { TrustAnchors = [TestPki.Ca], CertificateValidation = _ => throw new InvalidOperationException("asked") });
        Assert.That(context.Verify(TestPki.Server, DtlsRole.Client).IsValid, Is.True);
    }

    [Test]
    public void Without_anchors_nobody_is_verified()
    {
        using DtlsContext context = new(new DtlsContextOptions { VerifyServer = false });
        Assert.That(context.Verify(TestPki.Server, DtlsRole.Client).VerifyResult, Is.EqualTo(NoIssuer));
    }

    [Test, CancelAfter(60_000)]
    public void Any_number_of_threads_verify_while_lists_are_updated()
    {
        using DtlsContext context = new(new DtlsContextOptions { TrustAnchors = [TestPki.Ca], RevocationLists = [RevocationLists.Make(1, TestPki.Client)] });
        BlockingThread[] threads = [.. Enumerable.Range(0, 4).Select(i => BlockingThread.Start($"verify {i}", () =>
        {
            for (int round = 0; round < 500; round++)
            {
                Assert.That(context.Verify(TestPki.Server, DtlsRole.Client).VerifyResult, Is.Zero);
                Assert.That(context.Verify(TestPki.Client, DtlsRole.Server).VerifyResult, Is.EqualTo(Revoked));
            }
        }))];
        for (int number = 2; number < 200; number++)
        {
            context.UpdateRevocationLists([RevocationLists.Make(number, TestPki.Client)]);
        }

        BlockingThread.JoinAll(Limits.Watchdog, threads);
    }

    [Test]
    public void A_disposed_context_verifies_nothing()
    {
        DtlsContext context = new(new DtlsContextOptions { TrustAnchors = [TestPki.Ca] });
        context.Dispose();
        Assert.That(() => context.Verify(TestPki.Server, DtlsRole.Client), Throws.InstanceOf<ObjectDisposedException>());
    }
}
