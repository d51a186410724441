using FifoDtls.TestSupport;
using Org.BouncyCastle.Crypto.Tls;

namespace FifoDtls.Interop.Tests;

/// <summary>Resumption and the end of associations with BouncyCastle.</summary>
[Parallelizable(ParallelScope.All)]
[CancelAfter(60_000)]
public sealed class BouncySessionTests
{
    private static DtlsResumptionOptions Resumption => new() { Scope = "interop" };

    /// <summary>By the session's id: it takes no tickets.</summary>
    [Test]
    public void Its_client_resumes_a_session_of_our_cache([Values] bool weOfferTickets)
    {
        DtlsResumptionOptions options = new() { Scope = "interop", Tickets = weOfferTickets ? new DtlsTicketOptions() : null };
        using DtlsContext context = Contexts.Server(TestPki.Server, DtlsClientCertificates.Required, options);
        BouncyIdentity identity = new(TestPki.Client);
        BouncyClient first = new() { Identity = identity };
        using (BouncyPair pair = BouncyPair.Serve(context, first))
        {
            Assert.That(pair.Establish().WasResumed, Is.False);
            pair.Close();
        }

        BouncyClient second = new() { Identity = identity, Resumes = first.Session };
        using BouncyPair again = BouncyPair.Serve(context, second);
        DtlsNegotiated negotiated = again.Establish();
        Assert.That(negotiated.WasResumed, Is.True);
        Assert.That(negotiated.PeerCertificate!.RawData, Is.EqualTo(TestPki.Client.RawData));
        Assert.That(second.ServerChain, Is.Null, "the server has shown no certificate again");
        again.Close();
    }

    [Test]
    public void A_session_that_we_have_forgotten_leads_to_a_full_handshake()
    {
        using DtlsContext before = Contexts.Server(TestPki.Server, resumption: Resumption);
        using DtlsContext after = Contexts.Server(TestPki.Server, resumption: Resumption);
        BouncyClient first = new();
        using (BouncyPair pair = BouncyPair.Serve(before, first))
        {
            pair.Establish();
            pair.Close();
        }

        BouncyClient second = new() { Resumes = first.Session };
        using BouncyPair again = BouncyPair.Serve(after, second);
        Assert.That(again.Establish().WasResumed, Is.False);
        Assert.That(second.ServerChain, Is.Not.Null);
    }

    /// <summary>Its server resumes nothing: it sends an empty session id (RFC 5246 §7.4.1.3), so there is no session to offer it.</summary>
    [Test]
    public void Its_server_gives_no_session()
    {
        using DtlsContext context = Contexts.Client(resumption: Resumption);
        using BouncyPair pair = BouncyPair.Call(context, new BouncyServer(new BouncyIdentity(TestPki.Server)));
        pair.Establish();
        Assert.That(pair.Ours.ExportSession(), Is.Null);
    }

    [Test]
    public void A_close_notify_of_either_side_is_seen_by_the_other([Values] bool weServe, [Values] bool weClose)
    {
        using DtlsContext serving = Contexts.Server(TestPki.Server);
        using DtlsContext calling = Contexts.Client();
        using BouncyPair pair = weServe
            ? BouncyPair.Serve(serving, new BouncyClient())
            : BouncyPair.Call(calling, new BouncyServer(new BouncyIdentity(TestPki.Server)));
        pair.Establish();
        if (weClose)
        {
            pair.Close();
        }
        else
        {
            pair.ExpectClose();
        }
    }

    [Test]
    public void Payloads_of_all_sizes_cross([Values] bool weServe)
    {
        using DtlsContext serving = Contexts.Server(TestPki.Server);
        using DtlsContext calling = Contexts.Client();
        using BouncyPair pair = weServe
            ? BouncyPair.Serve(serving, new BouncyClient())
            : BouncyPair.Call(calling, new BouncyServer(new BouncyIdentity(TestPki.Server)));
        int limit = pair.Establish().MaxPayloadSize;
        foreach (int size in (int[])[1, 2, 100, limit / 2, limit - 1, limit])
        {
            byte[] payload = new byte[size];
            Array.Fill(payload, (byte)size);
            pair.ExpectEcho(payload);
        }

        Assert.That(pair.Ours.Statistics.DatagramsInvalid, Is.Zero);
    }
}
