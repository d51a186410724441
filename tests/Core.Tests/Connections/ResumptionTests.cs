using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>A session is resumed where it may be, and everywhere else leads to a full handshake.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class ResumptionTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Test]
    public void A_session_is_resumed_also_after_its_way_through_bytes_and_both_sides_still_know_whom_they_talk_to()
    {
        using DtlsContext client = Client();
        using DtlsContext server = Server();
        using DtlsSession session = FullHandshake(client, server);
        using DtlsSession imported = DtlsSession.Import(session.Export());
        for (int i = 0; i < 3; i++)
        {
            using DtlsPair pair = Pair(client, server, imported);
            pair.Handshake();
            pair.AssertAlive();
            Assert.That((pair.Client.Negotiated!.WasResumed, pair.Server.Negotiated!.WasResumed), Is.EqualTo((true, true)));
            Assert.That(pair.Client.Negotiated.PeerCertificate!.Subject, Is.EqualTo(TestPki.Server.Subject));
            Assert.That(pair.Server.Negotiated.PeerCertificate!.Subject, Is.EqualTo(TestPki.Client.Subject));
        }
    }

    [Test]
    public void A_resumed_session_can_be_exported_again()
    {
        using DtlsContext client = Client();
        using DtlsContext server = Server();
        using DtlsSession session = FullHandshake(client, server);
        using DtlsPair pair = Pair(client, server, session);
        pair.Handshake();
        using DtlsSession? again = pair.Client.ExportSession();
        AssertFull(client, server, again!, resumed: true);
    }

    [Test]
    public void Another_server_does_a_full_handshake()
    {
        using DtlsContext client = Client();
        using DtlsContext server = Server();
        using DtlsContext other = Server();
        using DtlsSession session = FullHandshake(client, server);
        AssertFull(client, other, session);
    }

    [Test]
    public void A_session_is_not_offered_under_another_scope_trust_certificate_or_server_name()
    {
        using DtlsContext client = Client();
        using DtlsContext server = Server();
        using DtlsContext open = Server(clients: DtlsClientCertificates.None);
        using DtlsSession session = FullHandshake(client, server);
        using DtlsContext otherScope = Client(scope: "other");
        using DtlsContext moreTrust = Make(TestPki.Client, "test", 10, Hour, [TestPki.Ca, TestPki.OtherCa]);
        using DtlsContext otherCertificate = Make(TestPki.Server, "test", 10, Hour, [TestPki.Ca]);
        AssertFull(otherScope, server, session);
        AssertFull(moreTrust, server, session);
        using (DtlsPair pair = Pair(client, server, session, TestPki.ServerName))
        {
            pair.Handshake();
            Assert.That(pair.Client.Negotiated!.WasResumed, Is.False, "the session is of no name");
        }

        using DtlsSession openSession = FullHandshake(client, open);
        AssertFull(otherCertificate, open, openSession);
        AssertFull(client, open, openSession, resumed: true);
    }

    [Test]
    public void A_session_of_a_name_is_resumed_with_that_name()
    {
        using DtlsContext client = Client();
        using DtlsContext server = Server();
        using DtlsPair first = Pair(client, server, null, TestPki.ServerName);
        first.Handshake();
        using DtlsSession? session = first.Client.ExportSession();
        using DtlsPair second = Pair(client, server, session, TestPki.ServerName);
        second.Handshake();
        Assert.That(second.Client.Negotiated!.WasResumed, Is.True);
    }

    [TestCase(true), TestCase(false)]
    public void An_expired_session_leads_to_a_full_handshake(bool atTheServer)
    {
        TimeSpan second = TimeSpan.FromSeconds(1);
        using DtlsContext client = Client(lifetime: atTheServer ? Hour : second);
        using DtlsContext server = Server(lifetime: atTheServer ? second : Hour);
        using DtlsSession session = FullHandshake(client, server);
        Eventually.True(() => !IsResumed(client, server, session), Limits.Watchdog, "the session expires");
    }

    [Test]
    public void The_server_forgets_the_oldest_session_beyond_its_limit()
    {
        using DtlsContext client = Client();
        using DtlsContext server = Server(cacheSize: 2);
        DtlsSession[] sessions = [.. Enumerable.Range(0, 3).Select(_ => FullHandshake(client, server))];
        Assert.That(sessions[1..].Select(session => IsResumed(client, server, session)), Has.All.True);
        Assert.That(IsResumed(client, server, sessions[0]), Is.False);
        Array.ForEach(sessions, session => session.Dispose());
    }

    [Test]
    public void Without_resumption_there_is_no_session_to_take_along()
    {
        using DtlsContext client = Client();
        using (DtlsPair pair = DtlsPair.Established(client))
        {
            Assert.That(pair.Client.ExportSession(), Is.Null, "the server keeps none");
            Assert.That(pair.Server.ExportSession, Throws.InvalidOperationException);
        }

        using DtlsContext server = Server();
        using (DtlsPair pair = DtlsPair.Established(server: server))
        {
            Assert.That(pair.Client.ExportSession(), Is.Null, "the client wants none");
        }

        using DtlsSession session = FullHandshake(client, server);
        Assert.That(
            () => Pair(TestContexts.Client, server, session), Throws.ArgumentException.With.Message.Contains("DtlsContextOptions.Resumption"));
    }

    [Test]
    public void What_is_no_session_is_refused()
    {
        using DtlsContext client = Client();
        using DtlsContext server = Server();
        using DtlsSession session = FullHandshake(client, server);
        byte[] bytes = session.Export();
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.That(() => DtlsSession.Import(bytes), Throws.ArgumentException, $"byte {i}");
            bytes[i] ^= 1;
            Assert.That(() => DtlsSession.Import(bytes.AsSpan(0, i)), Throws.ArgumentException, $"{i} bytes");
        }

        session.Dispose();
        Assert.That(session.Export, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => Pair(client, server, session), Throws.InstanceOf<ObjectDisposedException>());
    }

    [TestCase("", 10, 60), TestCase("x", 0, 60), TestCase("x", 1_000_001, 60), TestCase("x", 10, 0), TestCase("x", 10, 86_401)]
    public void Settings_out_of_range_are_refused(string scope, int cacheSize, int seconds) =>
        Assert.That(() => Make(TestPki.Client, scope, cacheSize, TimeSpan.FromSeconds(seconds), [TestPki.Ca]), Throws.InstanceOf<ArgumentException>());

    private static DtlsSession FullHandshake(DtlsContext client, DtlsContext server)
    {
        using DtlsPair pair = DtlsPair.Established(client, server);
        Assert.That(pair.Client.Negotiated!.WasResumed, Is.False);
        return pair.Client.ExportSession()!;
    }

    private static bool IsResumed(DtlsContext client, DtlsContext server, DtlsSession session)
    {
        using DtlsPair pair = Pair(client, server, session);
        pair.Handshake();
        pair.AssertAlive();
        Assert.That(pair.Server.Negotiated!.WasResumed, Is.EqualTo(pair.Client.Negotiated!.WasResumed));
        return pair.Client.Negotiated.WasResumed;
    }

    private static void AssertFull(DtlsContext client, DtlsContext server, DtlsSession session, bool resumed = false) =>
        Assert.That(IsResumed(client, server, session), Is.EqualTo(resumed));

    private static DtlsPair Pair(DtlsContext client, DtlsContext server, DtlsSession? session, string? name = null) =>
        new(client, server, clientOptions: new DtlsConnectionOptions { Session = session, ServerName = name });

    private static DtlsContext Client(string scope = "test", TimeSpan? lifetime = null) => Make(TestPki.Client, scope, 10, lifetime ?? Hour, [TestPki.Ca]);

    private static DtlsContext Server(int cacheSize = 10, TimeSpan? lifetime = null, DtlsClientCertificates clients = DtlsClientCertificates.Required) =>
        Make(TestPki.Server, "test", cacheSize, lifetime ?? Hour, [TestPki.Ca], clients);

    private static DtlsContext Make(
        X509Certificate2 certificate,
        string scope,
        int cacheSize,
        TimeSpan lifetime,
        X509Certificate2[] trusted,
        DtlsClientCertificates clients = DtlsClientCertificates.Required)
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate);
        return new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials,
            TrustAnchors = trusted,
            ClientCertificates = clients,
            Resumption = new DtlsResumptionOptions { Scope = scope, CacheSize = cacheSize, Lifetime = lifetime },
        });
    }
}
