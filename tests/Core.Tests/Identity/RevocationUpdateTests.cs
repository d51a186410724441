using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Newer revocation lists for a context that is in use.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class RevocationUpdateTests
{
    private const int NoList = 3;
    private const int ListExpired = 12;
    private const int Revoked = 23;

    private static DtlsContext Client(bool acceptExpired, params DtlsRevocationList[] lists) =>
        new(new DtlsContextOptions { TrustAnchors = [TestPki.Ca], RevocationLists = lists, AcceptExpiredRevocationLists = acceptExpired });

    private static DtlsContext Client(params DtlsRevocationList[] lists) => Client(acceptExpired: false, lists);

    private static void AssertRefused(DtlsContext client, int verifyResult, DtlsAlert alert) =>
        Verification.AssertRefused(DtlsRole.Client, client, TestContexts.OpenServer, verifyResult, alert);

    [Test, CancelAfter(60_000)]
    public void A_certificate_that_is_revoked_meanwhile_is_refused_from_the_update_on_and_associations_go_on()
    {
        using DtlsContext client = Client(RevocationLists.Make(1));
        using DtlsPair established = DtlsPair.Established(client, TestContexts.OpenServer);
        Verification.AssertAccepted(client, TestContexts.OpenServer);

        Assert.That(client.UpdateRevocationLists([RevocationLists.Make(2, TestPki.Server)]), Is.EqualTo(1));

        AssertRefused(client, Revoked, DtlsAlert.CertificateRevoked);
        established.AssertAlive();
        Assert.That(client.UpdateRevocationLists([RevocationLists.Make(3)]), Is.EqualTo(1), "the authority takes it back");
        Verification.AssertAccepted(client, TestContexts.OpenServer);
    }

    [Test, CancelAfter(60_000)]
    public void A_server_refuses_a_client_that_is_revoked_meanwhile()
    {
        using DtlsContext server = Server(RevocationLists.Make(1));
        Verification.AssertAccepted(TestContexts.Client, server);

        server.UpdateRevocationLists([RevocationLists.Make(2, TestPki.Client)]);

        Verification.AssertRefused(DtlsRole.Server, TestContexts.Client, server, Revoked, DtlsAlert.CertificateRevoked);
    }

    [Test, CancelAfter(60_000)]
    public void A_newer_list_that_has_expired_still_wins_over_an_older_one_in_force([Values] bool byUpdate)
    {
        DtlsRevocationList older = RevocationLists.Make(1);
        DtlsRevocationList newer = RevocationLists.Make(TestPki.Authority, 2, RevocationLists.Yesterday, null, TestPki.Server);
        using DtlsContext strict = byUpdate ? Client(older) : Client(newer, older);
        using DtlsContext lenient = byUpdate ? Client(acceptExpired: true, older) : Client(acceptExpired: true, older, newer);
        if (byUpdate)
        {
            strict.UpdateRevocationLists([newer]);
            lenient.UpdateRevocationLists([newer]);
        }

        AssertRefused(strict, ListExpired, DtlsAlert.CertificateExpired);
        AssertRefused(lenient, Revoked, DtlsAlert.CertificateRevoked);
    }

    [Test, CancelAfter(60_000)]
    public void A_newer_list_takes_the_place_of_one_that_has_expired()
    {
        using DtlsContext client = Client(RevocationLists.Make(TestPki.Authority, 1, RevocationLists.Yesterday, null));
        AssertRefused(client, ListExpired, DtlsAlert.CertificateExpired);

        client.UpdateRevocationLists([RevocationLists.Make(2)]);

        Verification.AssertAccepted(client, TestContexts.OpenServer);
    }

    [Test, CancelAfter(60_000)]
    public void An_older_list_never_counts_again_however_long_it_is_in_force()
    {
        using DtlsContext client = Client(RevocationLists.Make(7, TestPki.Server));

        DtlsRevocationList olderByNumber = RevocationLists.Make(TestPki.Authority, 6, RevocationLists.Tomorrow.AddDays(9), RevocationLists.Yesterday);
        Assert.That(client.UpdateRevocationLists([olderByNumber]), Is.Zero, "the number decides, not the date");
        Assert.That(client.UpdateRevocationLists([]), Is.Zero);
        Assert.That(client.UpdateRevocationLists([RevocationLists.Make(6), RevocationLists.Make(5)]), Is.Zero);

        AssertRefused(client, Revoked, DtlsAlert.CertificateRevoked);
    }

    [Test, CancelAfter(60_000)]
    public void Of_two_lists_of_the_same_second_the_greater_number_counts()
    {
        DateTimeOffset second = RevocationLists.Yesterday;
        using DtlsContext client = Client(RevocationLists.Make(TestPki.Authority, 1, RevocationLists.Tomorrow, second));

        client.UpdateRevocationLists([
            RevocationLists.Make(TestPki.Authority, 3, RevocationLists.Tomorrow, second, TestPki.Server), RevocationLists.Make(TestPki.Authority, 2, RevocationLists.Tomorrow, second)]);

        AssertRefused(client, Revoked, DtlsAlert.CertificateRevoked);
    }

    [Test, CancelAfter(60_000)]
    public void Authorities_of_which_no_list_is_given_keep_theirs()
    {
        using DtlsContext client = Client();
        using DtlsContext server = Verification.OpenServer(TestPki.ChainedServer, TestPki.Intermediate.Certificate);
        AssertRefused(client, NoList, DtlsAlert.UnknownCa);

        Assert.That(client.UpdateRevocationLists([RevocationLists.Make(1)]), Is.EqualTo(1));
        Verification.AssertAccepted(client, TestContexts.OpenServer);
        Verification.AssertRefused(DtlsRole.Client, client, server, NoList, DtlsAlert.UnknownCa);
        client.UpdateRevocationLists([RevocationLists.Make(TestPki.Intermediate, 1, RevocationLists.Tomorrow, null)]);
        Verification.AssertAccepted(client, server);

        client.UpdateRevocationLists([RevocationLists.Make(2, TestPki.Intermediate.Certificate)]);
        Verification.AssertRefused(DtlsRole.Client, client, server, Revoked, DtlsAlert.CertificateRevoked);
        Verification.AssertAccepted(client, TestContexts.OpenServer);
    }

    [Test, CancelAfter(60_000)]
    public void Nobody_is_resumed_after_an_update_and_the_revoked_is_refused()
    {
        using DtlsContext server = Server(RevocationLists.Make(1));
        using DtlsContext good = ResumingClient(TestPki.Client);
        using X509Certificate2 stolen = TestPki.Authority.Issue(new LeafProfile { CommonName = "stolen" });
        using DtlsContext bad = ResumingClient(stolen);
        using DtlsSession goodSession = Session(good, server);
        using DtlsSession badSession = Session(bad, server);
        Assert.That((IsResumed(good, server, goodSession), IsResumed(bad, server, badSession)), Is.EqualTo((true, true)));

        server.UpdateRevocationLists([RevocationLists.Make(2, stolen)]);

        Assert.That(IsResumed(good, server, goodSession), Is.False);
        using (DtlsPair pair = Pair(bad, server, badSession))
        {
            Exception? failure = pair.HandshakeFailures().Server;
            Assert.That(failure, Is.TypeOf<DtlsCertificateException>().With.Property(nameof(DtlsCertificateException.VerifyResult)).EqualTo(Revoked));
        }

        using DtlsSession newer = Session(good, server);
        Assert.That(IsResumed(good, server, newer), Is.True);
        Assert.That(server.UpdateRevocationLists([RevocationLists.Make(1)]), Is.Zero);
        Assert.That(IsResumed(good, server, newer), Is.True, "nothing has changed, so nothing is forgotten");
    }

    [Test, CancelAfter(60_000)]
    public void A_handshake_that_an_update_overtakes_leaves_no_session_that_is_resumed()
    {
        using DtlsContext server = Server(RevocationLists.Make(1));
        using DtlsContext client = ResumingClient(TestPki.Client);
        using DtlsPair pair = new(client, server);
        server.UpdateRevocationLists([RevocationLists.Make(2)]);
        pair.Handshake();

        using DtlsSession? session = pair.Client.ExportSession();

        Assert.That(IsResumed(client, server, session!), Is.False);
    }

    [Test, CancelAfter(60_000)]
    public void A_client_offers_no_session_from_before_an_update()
    {
        using DtlsContext server = Server(RevocationLists.Make(1));
        using DtlsContext client = ResumingClient(TestPki.Client, RevocationLists.Make(1));
        using DtlsPair open = DtlsPair.Established(client, server);
        using DtlsSession before = Session(client, server);

        client.UpdateRevocationLists([RevocationLists.Make(2)]);

        using DtlsSession late = open.Client.ExportSession()!;
        Assert.That(IsResumed(client, server, before), Is.False);
        Assert.That(IsResumed(client, server, late), Is.False, "its server was verified by the former list");
        using DtlsSession after = Session(client, server);
        Assert.That(IsResumed(client, server, after), Is.True);
    }

    [Test, CancelAfter(120_000)]
    public void Handshakes_go_on_while_lists_are_updated()
    {
        const int Updates = 200;
        using DtlsContext client = Client(RevocationLists.Make(1, TestPki.Client));
        using DtlsContext revoked = Verification.OpenServer(TestPki.ChainedServer, TestPki.Intermediate.Certificate);
        client.UpdateRevocationLists([RevocationLists.Make(TestPki.Intermediate, 1, RevocationLists.Tomorrow, null, TestPki.ChainedServer)]);
        using CancellationTokenSource stop = new();
        ConcurrentBag<int> handshakes = [];
        BlockingThread[] threads = [.. Enumerable.Range(0, 3).Select(i => BlockingThread.Start($"handshakes {i}", () =>
        {
            int count = 0;
            while (!stop.IsCancellationRequested || count == 0)
            {
                Verification.AssertAccepted(client, TestContexts.OpenServer);
                Verification.AssertRefused(DtlsRole.Client, client, revoked, Revoked, DtlsAlert.CertificateRevoked);
                count++;
            }

            handshakes.Add(count);
        }))];
        for (int number = 2; number < 2 + Updates; number++)
        {
            Assert.That(client.UpdateRevocationLists([RevocationLists.Make(number, TestPki.Client)]), Is.EqualTo(1));
        }

        GC.Collect(); // the former lists go while handshakes run
        GC.WaitForPendingFinalizers();
        stop.Cancel();
        BlockingThread.JoinAll(Limits.Watchdog, threads);
        Assert.That(handshakes, Has.Count.EqualTo(3));
    }

    [Test]
    public void A_context_that_checks_no_revocation_or_is_disposed_takes_no_lists()
    {
        using DtlsContext none = new(new DtlsContextOptions { TrustAnchors = [TestPki.Ca] });
        DtlsContext gone = Client();
        gone.Dispose();

        Assert.That(() => none.UpdateRevocationLists([]), Throws.InvalidOperationException.With.Message.Contains(nameof(DtlsContextOptions.RevocationLists)));
        Assert.That(() => gone.UpdateRevocationLists([]), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => none.UpdateRevocationLists(null!), Throws.ArgumentNullException);
    }

    [Test]
    public void A_list_tells_whose_it_is_and_how_long_it_is_in_force()
    {
        DtlsRevocationList list = RevocationLists.Make(TestPki.Authority, 42, new DateTimeOffset(2051, 2, 3, 4, 5, 6, TimeSpan.Zero), new DateTimeOffset(2024, 2, 3, 4, 5, 6, TimeSpan.Zero));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(list.Issuer.RawData, Is.EqualTo(TestPki.Ca.SubjectName.RawData));
            Assert.That(list.Number, Is.EqualTo((System.Numerics.BigInteger)42));
            Assert.That(list.ThisUpdate, Is.EqualTo(new DateTimeOffset(2024, 2, 3, 4, 5, 6, TimeSpan.Zero)));
            Assert.That(list.NextUpdate, Is.EqualTo(new DateTimeOffset(2051, 2, 3, 4, 5, 6, TimeSpan.Zero)));
        }
    }

    private static DtlsContext Server(DtlsRevocationList list) => Make(TestPki.Server, list);

    private static DtlsContext ResumingClient(X509Certificate2 certificate, DtlsRevocationList? list = null) => Make(certificate, list);

    private static DtlsContext Make(X509Certificate2 certificate, DtlsRevocationList? list)
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate);
        return new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials,
            TrustAnchors = [TestPki.Ca],
            RevocationLists = list is null ? null : [list],
            Resumption = new DtlsResumptionOptions { Scope = "test" },
        });
    }

    private static DtlsPair Pair(DtlsContext client, DtlsContext server, DtlsSession session) =>
        new(client, server, clientOptions: new DtlsConnectionOptions { Session = session });

    private static DtlsSession Session(DtlsContext client, DtlsContext server)
    {
        using DtlsPair pair = DtlsPair.Established(client, server);
        return pair.Client.ExportSession()!;
    }

    private static bool IsResumed(DtlsContext client, DtlsContext server, DtlsSession session)
    {
        using DtlsPair pair = Pair(client, server, session);
        pair.Handshake();
        pair.AssertAlive();
        return pair.Server.Negotiated!.WasResumed;
    }
}
