using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>A server with several names, and the name that the client asks for (SNI).</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class SelectCredentialsTests
{
    private const string OtherName = "other.fifodtls.test";

    private static readonly Lazy<X509Certificate2> LazyOther = new(
        () => TestPki.Authority.Issue(new LeafProfile { CommonName = OtherName, DnsNames = [OtherName], ClientAuth = false }));

    private static DtlsContext Server(Func<string?, DtlsCredentials?> select, DtlsCredentials? ownCredentials = null) => new(new DtlsContextOptions
    {
        Credentials = ownCredentials,
        ClientCertificates = DtlsClientCertificates.None,
        SelectCredentials = select,
    });

    private static DtlsPair Pair(DtlsContext server, string? name, DtlsContext? client = null) =>
        new(client ?? TestContexts.AnonymousClient, server, clientOptions: new DtlsConnectionOptions { ServerName = name });

    [Test]
    public void Each_name_gets_its_certificate_and_both_sides_know_the_name([Values] bool hasOwn)
    {
        using DtlsCredentials first = DtlsCredentials.FromCertificate(TestPki.Server);
        using DtlsCredentials second = DtlsCredentials.FromCertificate(LazyOther.Value);
        // An RSA certificate with an intermediate as the context's own: neither may get into the chosen chain.
        using DtlsCredentials own = DtlsCredentials.FromCertificate(TestPki.ServerRsa, TestPki.Intermediate.Certificate);
        using DtlsContext server = Server(name => name == OtherName ? second : name == TestPki.ServerName ? first : null, hasOwn ? own : null);
        foreach ((string name, X509Certificate2 expected) in ((string, X509Certificate2)[])[(TestPki.ServerName, TestPki.Server), (OtherName, LazyOther.Value)])
        {
            using DtlsPair pair = Pair(server, name);
            pair.Handshake();
            Assert.That(pair.Client.Negotiated!.PeerCertificate!.RawData, Is.EqualTo(expected.RawData));
            Assert.That(pair.Server.Negotiated!.RequestedServerName, Is.EqualTo(name));
            Assert.That(pair.Client.Negotiated!.RequestedServerName, Is.EqualTo(name));
            pair.AssertAlive();
        }
    }

    [Test]
    public void The_intermediates_that_are_sent_are_those_of_the_chosen_certificate([Values] bool chained)
    {
        using DtlsCredentials chosen = chained
            ? DtlsCredentials.FromCertificate(TestPki.ChainedServer, TestPki.Intermediate.Certificate)
            : DtlsCredentials.FromCertificate(TestPki.ChainedServer);
        using DtlsCredentials own = DtlsCredentials.FromCertificate(TestPki.ChainedServer, TestPki.Intermediate.Certificate);
        using DtlsContext server = Server(_ => chosen, own);
        if (chained)
        {
            Verification.AssertAccepted(TestContexts.AnonymousClient, server);
        }
        else
        {
            Verification.AssertRefused(DtlsRole.Client, TestContexts.AnonymousClient, server, 20, DtlsAlert.UnknownCa);
        }
    }

    [Test]
    public void A_client_that_names_no_server_is_told_apart()
    {
        string? asked = "not asked";
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Server);
        using DtlsContext server = Server(name =>
        {
            asked = name;
            return credentials;
        });
        using DtlsPair pair = Pair(server, null);
        pair.Handshake();
        Assert.That(asked, Is.Null);
        Assert.That(pair.Server.Negotiated!.RequestedServerName, Is.Null);
        using DtlsPair byAddress = Pair(server, "127.0.0.1"); // an address is never sent as a name (RFC 6066 §3)
        byAddress.Handshake();
        Assert.That(byAddress.Server.Negotiated!.RequestedServerName, Is.Null);
    }

    [TestCase("unknown.test", "\"unknown.test\""), TestCase(null, "name no server")]
    public void A_name_without_a_certificate_is_refused(string? name, string reason)
    {
        using DtlsContext server = Server(_ => null);
        using DtlsPair pair = Pair(server, name);
        (Exception? client, Exception? serving) = pair.HandshakeFailures();
        AssertAlert(client, DtlsAlert.UnrecognizedName, DtlsSide.Remote);
        AssertAlert(serving, DtlsAlert.UnrecognizedName, DtlsSide.Local);
        Assert.That(serving!.Message, Does.Contain(reason));
    }

    [Test]
    public void What_it_throws_is_the_inner_exception_of_the_failure()
    {
        InvalidTimeZoneException thrown = new("the application's own fault");
        using DtlsContext server = Server(_ => throw thrown);
        using DtlsPair pair = Pair(server, "any.test");
        (Exception? client, Exception? serving) = pair.HandshakeFailures();
        AssertAlert(client, DtlsAlert.InternalError, DtlsSide.Remote);
        AssertAlert(serving, DtlsAlert.InternalError, DtlsSide.Local);
        Assert.That(serving!.InnerException, Is.SameAs(thrown));
    }

    [Test]
    public void Disposed_credentials_are_a_failure_that_says_so()
    {
        DtlsCredentials disposed = DtlsCredentials.FromCertificate(TestPki.Server);
        disposed.Dispose();
        using DtlsContext server = Server(_ => disposed);
        using DtlsPair pair = Pair(server, null);
        Assert.That(pair.HandshakeFailures().Server!.InnerException, Is.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Without_a_selection_the_name_is_still_visible()
    {
        using DtlsPair pair = Pair(TestContexts.OpenServer, "localhost");
        pair.Handshake();
        Assert.That(pair.Server.Negotiated!.RequestedServerName, Is.EqualTo("localhost"));
    }

    [Test]
    public void A_context_that_selects_may_be_a_client_too()
    {
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(TestPki.Client);
        using DtlsContext client = new(new DtlsContextOptions
        {
            Credentials = credentials,
            TrustAnchors = [TestPki.Ca],
            SelectCredentials = _ => throw new InvalidOperationException("asked in the client role"),
        });
        Verification.AssertAccepted(client, TestContexts.Server, "localhost");
    }

    private static void AssertAlert(Exception? failure, DtlsAlert alert, DtlsSide sender) =>
        Assert.That(failure, Is.TypeOf<DtlsProtocolException>()
            .With.Property(nameof(DtlsProtocolException.Alert)).EqualTo(alert)
            .And.Property(nameof(DtlsProtocolException.AlertSender)).EqualTo(sender));
}
