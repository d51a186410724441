using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Nobody can take a ticket back; so newer revocation lists must make the tickets from before them worthless, at a context that goes on.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
[CancelAfter(60_000)]
internal sealed class TicketRevocationTests
{
    private static readonly DtlsRevocationList First = RevocationLists.Make(1);
    private static readonly DtlsRevocationList Newer = RevocationLists.Make(2);
    private static readonly DtlsRevocationList Intermediate = RevocationLists.Make(TestPki.Intermediate, 2, RevocationLists.Tomorrow, null);

    [Test]
    public void After_an_update_no_ticket_from_before_it_is_resumed_and_the_revoked_is_refused()
    {
        using DtlsContext server = Server();
        using DtlsContext good = Tickets.Client();
        using X509Certificate2 stolen = TestPki.Authority.Issue(new LeafProfile { CommonName = "stolen" });
        using DtlsContext bad = Tickets.Client(certificate: stolen);
        using DtlsSession goodSession = Tickets.Session(good, server);
        using DtlsSession badSession = Tickets.Session(bad, server);
        Assert.That((Tickets.IsResumed(good, server, goodSession), Tickets.IsResumed(bad, server, badSession)), Is.EqualTo((true, true)));

        server.UpdateRevocationLists([RevocationLists.Make(2, stolen)]);

        Assert.That(Tickets.IsResumed(good, server, goodSession), Is.False);
        using DtlsPair pair = Tickets.Pair(bad, server, badSession);
        Assert.That(pair.HandshakeFailures().Server, Is.TypeOf<DtlsCertificateException>().With.Message.Contains("revoked"));
        using DtlsSession newer = Tickets.Session(good, server);
        Assert.That(Tickets.IsResumed(good, server, newer), Is.True);
    }

    /// <summary>The ticket is made at the handshake's end, when the lists are newer than those that the client was looked up in, or about to be.</summary>
    [Test]
    public void A_handshake_that_an_update_overtakes_gets_a_ticket_that_is_worth_nothing()
    {
        using DtlsContext server = Server();
        using DtlsContext client = Tickets.Client();
        using DtlsPair pair = Tickets.Pair(client, server);
        int updated = 0;
        pair.Link.ToServer.Interceptor = (_, datagram, deliver) =>
        {
            if (Records.Split(datagram).Exists(record => record[0] == DtlsRecord.ChangeCipherSpec) && updated++ == 0)
            {
                server.UpdateRevocationLists([RevocationLists.Make(2)]);
            }

            deliver(datagram);
        };
        pair.Handshake();
        using DtlsSession session = pair.Client.ExportSession()!;

        Assert.That(updated, Is.EqualTo(1));
        Assert.That(Tickets.Sent(pair).Single(), Is.Not.Empty, "the ticket");
        Assert.That(Tickets.IsResumed(client, server, session), Is.False);
    }

    /// <summary>Servers behind one address are not updated in the same moment.</summary>
    [Test]
    public void A_server_with_the_newer_lists_takes_no_ticket_of_one_with_the_older_until_both_have_them()
    {
        using DtlsContext first = Server();
        using DtlsContext second = Server();
        using DtlsContext client = Tickets.Client();
        first.UpdateRevocationLists([RevocationLists.Make(TestPki.Intermediate, 1, RevocationLists.Tomorrow, null), Newer]);
        using DtlsSession older = Tickets.Session(client, second);
        Assert.That(Tickets.IsResumed(client, first, older), Is.False);

        second.UpdateRevocationLists([Newer]);
        second.UpdateRevocationLists([Intermediate]);
        first.UpdateRevocationLists([Intermediate]);

        using DtlsSession session = Tickets.Session(client, second);
        Assert.That(Tickets.IsResumed(client, first, session), Is.True, "the same lists, in whatever order they came");
    }

    private static DtlsContext Server()
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        return new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials,
            TrustAnchors = [TestPki.Ca],
            RevocationLists = [First],
            Resumption = new DtlsResumptionOptions { Scope = Tickets.Scope, Lifetime = Tickets.Hour, Tickets = new DtlsTicketOptions { Key = Tickets.Key } },
        });
    }
}
