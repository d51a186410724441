using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>A ticket holds the client's certificate and is larger than a small path takes at once: it comes and goes in fragments (RFC 6347 §4.2.3), some of which get lost.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class TicketSizeTests
{
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Never = TimeSpan.FromSeconds(60); // where nothing is lost, nothing is to be repeated, however slow the machine

    [Test]
    public void A_ticket_is_cut_to_the_path_on_both_ways([Values(256, 548, 1_400)] int mtu)
    {
        using DtlsContext client = Tickets.Client(certificate: TestPki.ClientRsa, trusted: [TestPki.RsaCa]);
        using DtlsContext server = Tickets.Server(new DtlsTicketOptions(), certificate: TestPki.ServerRsa, trusted: [TestPki.RsaCa]);
        using DtlsPair first = Tickets.Pair(client, server, mtu: mtu);
        first.Handshake();
        using DtlsSession session = first.Client.ExportSession()!;
        using DtlsPair second = Tickets.Pair(client, server, session, mtu);
        second.Handshake();
        second.AssertAlive();
        Assert.That(second.Server.Negotiated!.WasResumed, Is.True);
        Assert.That(second.Server.Negotiated.PeerCertificate!.Subject, Is.EqualTo(TestPki.ClientRsa.Subject));
        byte[][] all = [.. new[] { first, second }.SelectMany(pair => pair.Link.ToServer.Sent.Concat(pair.Link.ToClient.Sent))];
        Assert.That(all.Max(datagram => datagram.Length), Is.LessThanOrEqualTo(mtu));
        Assert.That(second.Link.ToServer.Sent[0][13], Is.EqualTo(1), "a ClientHello");
        int hello = (second.Link.ToServer.Sent[0][14] << 16) | (second.Link.ToServer.Sent[0][15] << 8) | second.Link.ToServer.Sent[0][16];
        Assert.That(hello, Is.GreaterThan(900), "it carries a certificate");
    }

    [Test]
    public void A_lost_datagram_of_the_server_is_repeated_with_its_ticket([Values] bool renewed)
    {
        FakeClock clock = new();
        using DtlsContext client = Tickets.Client();
        using DtlsContext server = Tickets.Server(new DtlsTicketOptions { Clock = clock });
        using DtlsSession session = Tickets.Session(client, server);
        clock.Advance(Tickets.Hour);
        int count = Run(client, server, renewed ? session : null, lost: 0);
        Assert.That(count, Is.GreaterThan(3), "the ticket spans several datagrams");
        BlockingThread[] cases = [.. Enumerable.Range(1, count).Select(lost => BlockingThread.Start(
            $"datagram {lost} of {count} is lost", () => Assert.That(Run(client, server, renewed ? session : null, lost), Is.GreaterThan(count))))];
        BlockingThread.JoinAll(Limits.LongWatchdog, cases);
    }

    // A handshake in which the n-th datagram of the server is lost; returns how many it has sent.
    private static int Run(DtlsContext client, DtlsContext server, DtlsSession? session, int lost)
    {
        TimeSpan timeout = lost == 0 ? Never : Quick;
        DtlsConnectionOptions options = new() { RetransmissionTimeout = timeout, Session = session };
        using DtlsPair pair = new(client, server, new FifoTransportOptions { MaxDatagramSize = 256 }, options, serverOptions: new DtlsConnectionOptions { RetransmissionTimeout = timeout });
        LossPlan plan = new(lost, withRetransmission: false);
        pair.Link.ToClient.Interceptor = plan.Intercept;
        BlockingThread serving = BlockingThread.Start("server", () =>
        {
            pair.Server.Handshake(Limits.LongWatchdog);
            Assert.That(pair.Server.Receive(new byte[100], Limits.LongWatchdog).HasData, Is.True); // repeats the last flight until then
        });
        pair.Client.Handshake(Limits.LongWatchdog);
        pair.Client.Send([1, 2, 3]);
        serving.Join(Limits.LongWatchdog);
        Assert.That((pair.Client.Negotiated!.WasResumed, plan.Lost), Is.EqualTo((session is not null, lost == 0 ? 0 : 1)));
        using DtlsSession exported = pair.Client.ExportSession()!;
        Assert.That(Tickets.IsResumed(client, server, exported), Is.True);
        return pair.Link.ToClient.Count;
    }
}
