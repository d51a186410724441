using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.Interop;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>A session that the client keeps as a ticket (RFC 5077) is resumed where it may be, and everywhere else leads to a full handshake.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class TicketTests
{
    private static DtlsTicketOptions Shared => new() { Key = Tickets.Key };

    [Test]
    public void A_session_of_one_server_is_resumed_by_another_with_the_same_key_and_neither_keeps_anything()
    {
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = Tickets.Server(Shared);
        using DtlsContext other = Tickets.Server(Shared);
        using DtlsSession session = Tickets.Session(client, server);
        using DtlsSession imported = DtlsSession.Import(session.Export());
        foreach (DtlsContext resuming in (DtlsContext[])[other, server, other])
        {
            using DtlsPair pair = Tickets.Pair(client, resuming, imported);
            pair.Handshake();
            pair.AssertAlive();
            Assert.That((pair.Client.Negotiated!.WasResumed, pair.Server.Negotiated!.WasResumed), Is.EqualTo((true, true)));
            Assert.That(pair.Client.Negotiated.PeerCertificate!.Subject, Is.EqualTo(TestPki.Server.Subject));
            Assert.That(pair.Server.Negotiated.PeerCertificate!.Subject, Is.EqualTo(TestPki.Client.Subject));
            Assert.That(Tickets.Sent(pair), Is.Empty, "the ticket is still good");
        }

        Assert.That((Tickets.Cached(server), Tickets.Cached(other)), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Keys_of_a_servers_own_are_good_there_and_nowhere_else()
    {
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = Tickets.Server(new DtlsTicketOptions());
        using DtlsContext other = Tickets.Server(new DtlsTicketOptions());
        using DtlsSession session = Tickets.Session(client, server);
        AssertRefusedCleanly(client, other, session);
        Assert.That(Tickets.IsResumed(client, server, session), Is.True);
    }

    [Test]
    public void A_ticket_of_another_key_scope_trust_or_demand_is_refused_though_the_client_offers_it()
    {
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = Tickets.Server(Shared);
        using DtlsContext otherKey = Tickets.Server(new DtlsTicketOptions { Key = SHA256.HashData(Tickets.Key) });
        using DtlsContext otherScope = Tickets.Server(Shared, scope: "other");
        using DtlsContext moreTrust = Tickets.Server(Shared, trusted: [TestPki.Ca, TestPki.OtherCa]);
        using DtlsContext noDemand = Tickets.Server(Shared, clients: DtlsClientCertificates.None);
        using DtlsContext otherRotation = Tickets.Server(new DtlsTicketOptions { Key = Tickets.Key, Rotation = TimeSpan.FromHours(2) });
        using DtlsContext otherLifetime = Tickets.Server(Shared, lifetime: TimeSpan.FromMinutes(1));
        using DtlsSession session = Tickets.Session(client, server);
        foreach (DtlsContext refusing in (DtlsContext[])[otherKey, otherScope, moreTrust, noDemand, otherRotation, otherLifetime])
        {
            AssertRefusedCleanly(client, refusing, session);
        }

        // What matters most: nobody who has shown no certificate comes in where one is required.
        using DtlsSession anonymous = Tickets.Session(client, noDemand);
        AssertRefusedCleanly(client, server, anonymous);
        Assert.That(Tickets.IsResumed(client, server, session), Is.True);
    }

    [Test]
    public void A_new_revocation_list_ends_the_tickets_of_those_who_came_in_before_it()
    {
        CertificateRevocationListBuilder builder = new();
        builder.AddEntry(TestPki.Client);
        byte[] list = builder.Build(TestPki.Ca, 1, DateTimeOffset.UtcNow.AddDays(1), HashAlgorithmName.SHA256, thisUpdate: DateTimeOffset.UtcNow.AddDays(-2));
        using DtlsContext client = Tickets.Client();
        using DtlsContext before = Tickets.Server(Shared);
        using DtlsContext after = Tickets.Server(Shared, revoked: list);
        using DtlsSession session = Tickets.Session(client, before);
        using DtlsPair pair = Tickets.Pair(client, after, session);
        Assert.That(pair.HandshakeFailures().Server, Is.TypeOf<DtlsCertificateException>().With.Message.Contains("revoked"));
    }

    [Test]
    public void A_ticket_that_was_changed_is_refused()
    {
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = Tickets.Server(Shared);
        using DtlsSession session = Tickets.Session(client, server, out byte[] ticket);
        foreach (int at in (int[])[0, 15, 16, 31, 32, ticket.Length / 2, ticket.Length - 33, ticket.Length - 32, ticket.Length - 1])
        {
            byte[] changed = [.. ticket];
            changed[at] ^= 0x40;
            using DtlsSession forged = Tickets.Replace(session, ticket, changed);
            Assert.That(Tickets.IsResumed(client, server, forged, out byte[][] tickets), Is.False, $"byte {at} of {ticket.Length} was changed");
            Assert.That(tickets, Has.One.Not.Empty, "a new ticket");
        }

        using DtlsSession same = Tickets.Replace(session, ticket, ticket);
        Assert.That(Tickets.IsResumed(client, server, same), Is.True);
    }

    [TestCase(true), TestCase(false)]
    public void The_lifetime_counts_from_the_full_handshake_however_often_the_ticket_is_renewed(bool atTheServer)
    {
        TimeSpan soon = TimeSpan.FromSeconds(2); // more than one, of which a session of any age could be too old
        FakeClock clock = new();
        DtlsTicketOptions tickets = new() { Rotation = TimeSpan.FromMinutes(1), Clock = clock };
        using DtlsContext client = Tickets.Client(lifetime: atTheServer ? Tickets.Hour : soon);
        using DtlsContext server = Tickets.Server(tickets, lifetime: atTheServer ? soon : Tickets.Hour);
        DtlsSession session = Tickets.Session(client, server);
        int renewals = 0;
        Eventually.True(
            () =>
            {
                clock.Advance(TimeSpan.FromMinutes(1));
                using DtlsPair pair = Tickets.Pair(client, server, session);
                pair.Handshake();
                session.Dispose();
                session = pair.Client.ExportSession()!;
                bool resumed = pair.Client.Negotiated!.WasResumed;
                renewals += resumed ? Tickets.Sent(pair).Length : 0;
                return !resumed;
            },
            Limits.Watchdog,
            "the session expires");
        session.Dispose();
        Assert.That(renewals, Is.Positive);
    }

    [Test]
    public void A_client_that_takes_no_tickets_is_still_served_from_the_cache()
    {
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = Tickets.Server(Shared);
        using DtlsPair first = Tickets.Pair(client, server);
        Tickets.Set(first.Client, LibSsl.OpNoTicket);
        first.Handshake();
        using DtlsSession? session = first.Client.ExportSession();
        Assert.That((Tickets.Sent(first).Length, Tickets.Cached(server)), Is.EqualTo((0, 1)));
        using DtlsPair second = Tickets.Pair(client, server, session);
        Tickets.Set(second.Client, LibSsl.OpNoTicket);
        second.Handshake();
        Assert.That(second.Client.Negotiated!.WasResumed, Is.True);
    }

    [TestCase(DtlsRole.Client), TestCase(DtlsRole.Server)]
    public void Without_extended_master_secret_there_is_no_ticket_and_none_is_resumed(DtlsRole without)
    {
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = Tickets.Server(Shared);
        using DtlsSession good = Tickets.Session(client, server);
        foreach (DtlsSession? offered in (DtlsSession?[])[null, good])
        {
            using DtlsPair pair = Tickets.Pair(client, server, offered);
            Tickets.Set(pair[without], LibSsl.OpNoExtendedMasterSecret);
            pair.Handshake();
            pair.AssertAlive();
            using DtlsSession? session = pair.Client.ExportSession();
            Assert.That((pair.Client.Negotiated!.WasResumed, session, Tickets.Sent(pair).Length, Tickets.Cached(server)), Is.EqualTo((false, (DtlsSession?)null, 0, 0)));
        }
    }

    [Test]
    public void Who_was_called_and_plays_the_server_gives_no_ticket()
    {
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = Tickets.Server(Shared);
        using DtlsPair pair = new(client, server, serverOptions: new DtlsConnectionOptions { AskedBy = client });
        pair.Handshake();
        using DtlsSession? session = pair.Client.ExportSession();
        Assert.That(Tickets.Sent(pair), Is.Empty);
    }

    [Test]
    public void A_session_with_a_huge_certificate_gets_no_ticket()
    {
        string[] names = [.. Enumerable.Range(0, 150).Select(number => $"a-rather-long-name-of-a-client-{number}.fifodtls.test")];
        using DtlsContext client = Tickets.Client(certificate: TestPki.Authority.Issue(new LeafProfile { CommonName = "huge", DnsNames = names }));
        using DtlsContext server = Tickets.Server(Shared);
        using DtlsPair pair = Tickets.Pair(client, server);
        pair.Handshake();
        pair.AssertAlive();
        Assert.That(Tickets.Sent(pair).Single(), Is.Empty);
        Assert.That((pair.Client.ExportSession(), Tickets.Cached(server)), Is.EqualTo(((DtlsSession?)null, 0)));
    }

    [Test]
    public void A_pre_shared_keys_identity_is_known_after_its_session_is_resumed()
    {
        byte[] key = new byte[32];
        var resumption = new DtlsResumptionOptions { Scope = Tickets.Scope, Tickets = Shared };
        using DtlsContext client = new(new DtlsContextOptions { ClientPsk = _ => new DtlsPsk("a thing", key), Resumption = resumption });
        using DtlsContext server = new(new DtlsContextOptions { ServerPsk = _ => key, Resumption = resumption });
        using DtlsContext other = new(new DtlsContextOptions { ServerPsk = _ => key, Resumption = resumption });
        using DtlsSession session = Tickets.Session(client, server);
        using DtlsPair pair = Tickets.Pair(client, other, session);
        pair.Handshake();
        Assert.That((pair.Server.Negotiated!.WasResumed, pair.Server.Negotiated.PskIdentity), Is.EqualTo((true, "a thing")));
    }

    [Test]
    public void A_handshake_goes_on_without_tickets_after_its_context_is_disposed()
    {
        using DtlsContext client = Tickets.Client();
        DtlsContext server = Tickets.Server(Shared);
        using DtlsSession session = Tickets.Session(client, server);
        using DtlsPair pair = Tickets.Pair(client, server, session);
        server.Dispose();
        pair.Handshake();
        pair.AssertAlive();
        Assert.That(pair.Client.Negotiated!.WasResumed, Is.False);
        Assert.That(Tickets.Sent(pair).Single(), Is.Empty);
    }

    [Test]
    public void Two_tickets_of_one_key_have_its_name_and_nothing_else_in_common()
    {
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = Tickets.Server(Shared);
        Tickets.Session(client, server, out byte[] one).Dispose();
        Tickets.Session(client, server, out byte[] other).Dispose();
        Assert.That(one[..16], Is.EqualTo(other[..16]));
        Assert.That(one[16..32], Is.Not.EqualTo(other[16..32]), "the IV");
        Assert.That(one[32..48], Is.Not.EqualTo(other[32..48]), "the first block");
        Assert.That(one[^32..], Is.Not.EqualTo(other[^32..]), "the MAC");
        Assert.That(one.AsSpan().IndexOf(TestPki.Client.RawData.AsSpan(0, 32)), Is.Negative, "the client's certificate is not to be read");
    }

    [Test]
    public void What_goes_wrong_with_a_key_ends_the_handshake_with_its_reason()
    {
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = Tickets.Server(new DtlsTicketOptions { Key = Tickets.Key, Clock = new StoppedClock() });
        using DtlsPair pair = Tickets.Pair(client, server);
        (Exception? atClient, Exception? atServer) = pair.HandshakeFailures();
        Assert.That(atServer, Is.TypeOf<DtlsProtocolException>().With.Message.Contains("the session ticket failed: the clock has stopped").And.InnerException.TypeOf<NotSupportedException>());
        Assert.That(atClient, Is.TypeOf<DtlsProtocolException>().With.Property(nameof(DtlsProtocolException.Alert)).EqualTo(DtlsAlert.InternalError));
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => throw new NotSupportedException("the clock has stopped");
    }

    [Test]
    public void Nothing_stays_behind_of_many_tickets_once_the_context_is_disposed()
    {
        List<WeakReference> left = [];
        // Owned by a thread that ends, so that no stack slot keeps the last of them.
        Watchdog.Run(Limits.Watchdog, () => Left(left), "100 tickets");
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.That(left, Has.Count.EqualTo(202));
        Assert.That(left.Count(reference => reference.IsAlive), Is.Zero);
    }

    private static void Left(List<WeakReference> left)
    {
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = Tickets.Server(Shared);
        left.Add(new WeakReference(client));
        left.Add(new WeakReference(server));
        DtlsSession? session = null;
        for (int i = 0; i < 100; i++)
        {
            using DtlsPair pair = Tickets.Pair(client, server, i % 2 == 0 ? null : session);
            pair.Handshake();
            session?.Dispose();
            session = pair.Client.ExportSession();
            left.Add(new WeakReference(pair.Client));
            left.Add(new WeakReference(pair.Server));
        }

        session!.Dispose();
        Assert.That(Tickets.Cached(server), Is.Zero);
    }

    [Test]
    public void Settings_out_of_range_are_refused()
    {
        Assert.That(() => Tickets.Server(new DtlsTicketOptions { Key = new byte[31] }), Throws.ArgumentException.With.Message.Contains("DtlsTicketOptions.Key has 31 bytes"));
        Assert.That(() => Tickets.Server(new DtlsTicketOptions { Rotation = TimeSpan.FromSeconds(59) }), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Tickets.Server(new DtlsTicketOptions { Rotation = TimeSpan.FromHours(25) }), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    // A full handshake, without an alert, that gives a ticket which is good from then on.
    private static void AssertRefusedCleanly(DtlsContext client, DtlsContext server, DtlsSession session)
    {
        using DtlsPair pair = Tickets.Pair(client, server, session);
        pair.Handshake();
        pair.AssertAlive();
        Assert.That((pair.Client.Negotiated!.WasResumed, pair.Server.Negotiated!.WasResumed), Is.EqualTo((false, false)));
        using DtlsSession renewed = pair.Client.ExportSession()!;
        Assert.That(Tickets.IsResumed(client, server, renewed), Is.True);
    }
}
