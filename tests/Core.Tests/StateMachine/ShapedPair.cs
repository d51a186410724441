using System.Text;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Makes pairs whose handshake has a given shape.</summary>
internal static class ShapedPair
{
    // One message to a record: nothing is cut into fragments.
    private static readonly FifoTransportOptions WholeMessages = new() { MaxDatagramSize = 16_000 };
    private static readonly DtlsConnectionOptions Timers = Options();
    private static readonly DtlsContext PskClient = new(new DtlsContextOptions { ClientPsk = _ => new DtlsPsk("alice", Key) });
    private static readonly DtlsContext PskServer = new(new DtlsContextOptions { ServerPsk = _ => Key });
    private static readonly DtlsContext ResumingClient = Tickets.Client();
    private static readonly DtlsContext ResumingServer = Tickets.Client(certificate: TestPki.Server);
    private static readonly DtlsContext TicketServer = Tickets.Server(new DtlsTicketOptions());

    private static byte[] Key => Encoding.ASCII.GetBytes("0123456789abcdef");

    internal static DtlsPair Make(HandshakeShape shape) => shape switch
    {
        HandshakeShape.Mutual => new DtlsPair(null, null, WholeMessages, Timers, serverOptions: Timers),
        HandshakeShape.Anonymous => new DtlsPair(TestContexts.AnonymousClient, TestContexts.OpenServer, WholeMessages, Timers, serverOptions: Timers),
        HandshakeShape.Psk => new DtlsPair(PskClient, PskServer, WholeMessages, Timers, serverOptions: Timers),
        HandshakeShape.Resumed => MakeResumed(),
        HandshakeShape.Ticketed => new DtlsPair(ResumingClient, TicketServer, WholeMessages, Timers, serverOptions: Timers),
        _ => MakeWithCookie(),
    };

    /// <summary>Both sides agree on everything, and it is what this shape's contexts demand.</summary>
    internal static void AssertAgrees(HandshakeShape shape, DtlsPair pair)
    {
        DtlsNegotiated client = pair.Client.Negotiated!;
        DtlsNegotiated server = pair.Server.Negotiated!;
        Assert.That(client.CipherSuite, Is.EqualTo(server.CipherSuite));
        Assert.That((client.WasResumed, server.WasResumed), Is.EqualTo((shape == HandshakeShape.Resumed, shape == HandshakeShape.Resumed)));
        Assert.That(client.PeerSubject, Is.EqualTo(shape == HandshakeShape.Psk ? null : TestPki.Server.Subject));
        Assert.That(server.PeerSubject, Is.EqualTo(shape is HandshakeShape.Psk or HandshakeShape.Anonymous ? null : TestPki.Client.Subject));
        Assert.That(server.PskIdentity, Is.EqualTo(shape == HandshakeShape.Psk ? "alice" : null));
        byte[] one = new byte[32];
        byte[] other = new byte[32];
        pair.Client.ExportKeyingMaterial("EXPERIMENTAL state machine", one);
        pair.Server.ExportKeyingMaterial("EXPERIMENTAL state machine", other);
        Assert.That(one, Is.EqualTo(other), "both sides have the same master secret");
    }

    private static DtlsConnectionOptions Options(DtlsSession? session = null, bool cookieVerified = false) => new()
    {
        RetransmissionTimeout = TimeSpan.FromMilliseconds(100),
        MaxRetransmissionTimeout = TimeSpan.FromSeconds(1),
        Session = session,
        CookieVerified = cookieVerified,
    };

    // A handshake that fails takes its session out of the server's cache, so each pair has one of its own.
    private static DtlsPair MakeResumed()
    {
        using DtlsPair first = DtlsPair.Established(ResumingClient, ResumingServer);
        using DtlsSession session = first.Client.ExportSession()!;
        return new DtlsPair(ResumingClient, ResumingServer, WholeMessages, Options(session), serverOptions: Timers);
    }

    // The test does the cookie exchange: a ClientHello with message_seq 0 is answered, and only the one with the cookie gets through.
    private static DtlsPair MakeWithCookie()
    {
        DtlsPair pair = new(null, null, WholeMessages, Timers, serverOptions: Options(cookieVerified: true));
        pair.Link.ToServer.Interceptor = (_, datagram, deliver) =>
        {
            if (Step.NameOf(datagram) == "CH")
            {
                pair.Link.ToClient.Send(Tests.Records.VerifyRequest(datagram, [1, 2, 3, 4]));
            }
            else
            {
                deliver(datagram);
            }
        };
        return pair;
    }
}
