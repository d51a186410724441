using FifoDtls.Interop;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Sessions of a server that chooses its certificate by the name that the client asks for (SNI).</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class SelectedCertificateSessionTests
{
    /// <summary>Without extended master secret a session could be resumed with another server's keys (RFC 7627 §1); the certificate's choice must not hide it from being forgotten.</summary>
    [Test, CancelAfter(60_000)]
    public void Without_extended_master_secret_nothing_is_kept_nor_resumed_and_with_it_the_session_is([Values] DtlsRole without, [Values] bool tickets)
    {
        using DtlsCredentials selected = DtlsCredentials.FromCertificate(TestPki.Server);
        using DtlsContext server = new(new DtlsContextOptions
        {
            SelectCredentials = name => name == TestPki.ServerName ? selected : null,
            ClientCertificates = DtlsClientCertificates.None,
            Resumption = new DtlsResumptionOptions { Scope = Tickets.Scope, Tickets = tickets ? new DtlsTicketOptions() : null },
        });
        using DtlsContext client = new(new DtlsContextOptions { TrustAnchors = [TestPki.Ca], Resumption = new DtlsResumptionOptions { Scope = Tickets.Scope } });
        using (DtlsPair pair = Pair(client, server, null))
        {
            Tickets.Set(pair[without], LibSsl.OpNoExtendedMasterSecret);
            pair.Handshake();
            pair.AssertAlive();
            using DtlsSession? none = pair.Client.ExportSession();
            Assert.That((none, Tickets.Sent(pair).Length, Tickets.Cached(server)), Is.EqualTo(((DtlsSession?)null, 0, 0)));
        }

        using DtlsPair first = Pair(client, server, null);
        first.Handshake();
        using DtlsSession session = first.Client.ExportSession()!;
        Assert.That(Tickets.Cached(server), Is.EqualTo(tickets ? 0 : 1));
        using DtlsPair second = Pair(client, server, session);
        second.Handshake();
        second.AssertAlive();
        Assert.That((second.Server.Negotiated!.WasResumed, second.Server.Negotiated.RequestedServerName), Is.EqualTo((true, TestPki.ServerName)));
    }

    private static DtlsPair Pair(DtlsContext client, DtlsContext server, DtlsSession? session) =>
        new(client, server, clientOptions: new DtlsConnectionOptions { ServerName = TestPki.ServerName, Session = session });
}
