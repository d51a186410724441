using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>A server that is made only after somebody else has done the cookie exchange (RFC 6347 §4.2.1): here, the test.</summary>
[TestFixture, Parallelizable(ParallelScope.Children)]
internal sealed class CookieVerifiedTests
{
    private const byte ClientHello = 1;
    private static readonly DtlsConnectionOptions Verified = new() { CookieVerified = true };

    [TestCase(1), TestCase(20), TestCase(32), TestCase(255)]
    public void The_handshake_goes_on_from_the_ClientHello_with_the_cookie(int cookieSize)
    {
        byte[] cookie = new byte[cookieSize];
        new Random(cookieSize).NextBytes(cookie);
        using MemoryLink link = new();
        using DtlsConnection client = new(TestContexts.Client, link.Client, DtlsRole.Client);
        BlockingThread handshake = StartWithCookie(link, client, cookie);
        using DtlsConnection server = new(TestContexts.Server, link.Server, DtlsRole.Server, Verified);
        Watchdog.Run(Limits.Watchdog, () => server.Handshake(Limits.Watchdog), "the server's handshake");
        handshake.Join(Limits.Watchdog);
        client.Send([1, 2]);
        Assert.That(server.Receive(new byte[10], Limits.Watchdog).Length, Is.EqualTo(2));
        server.Send([3]);
        Assert.That(client.Receive(new byte[10], Limits.Watchdog).Length, Is.EqualTo(1));
    }

    [Test]
    public void The_server_s_first_flight_follows_the_HelloVerifyRequest_in_message_seq()
    {
        using MemoryLink link = new();
        using DtlsConnection client = new(TestContexts.Client, link.Client, DtlsRole.Client);
        BlockingThread handshake = StartWithCookie(link, client, [1, 2, 3, 4]);
        using DtlsConnection server = new(TestContexts.Server, link.Server, DtlsRole.Server, Verified);
        Watchdog.Run(Limits.Watchdog, () => server.Handshake(Limits.Watchdog), "the server's handshake");
        handshake.Join(Limits.Watchdog);
        byte[] serverHello = link.ToClient.Sent[0];
        Assert.That((serverHello[13], serverHello[18]), Is.EqualTo(((byte)2, (byte)1)), "a ServerHello with message_seq 1");
    }

    [Test]
    public void A_retransmitted_ClientHello_with_the_cookie_does_no_harm()
    {
        using MemoryLink link = new();
        using DtlsConnection client = new(TestContexts.Client, link.Client, DtlsRole.Client);
        BlockingThread handshake = StartWithCookie(link, client, [1, 2, 3, 4]);
        link.ToServer.Deliver(link.ToServer.Sent[1]);
        link.ToServer.Deliver(link.ToServer.Sent[0]);
        using DtlsConnection server = new(TestContexts.Server, link.Server, DtlsRole.Server, Verified);
        Watchdog.Run(Limits.Watchdog, () => server.Handshake(Limits.Watchdog), "the server's handshake");
        handshake.Join(Limits.Watchdog);
        client.Send([1, 2]);
        Assert.That(server.Receive(new byte[10], Limits.Watchdog).Length, Is.EqualTo(2));
    }

    [Test]
    public void A_server_without_the_option_takes_a_ClientHello_without_a_cookie()
    {
        using DtlsPair pair = DtlsPair.Established();
        Assert.That(pair.Link.ToClient.Sent[0][13], Is.EqualTo(2), "the first answer is a ServerHello");
        pair.AssertAlive();
    }

    /// <summary>Starts the client, answers its first ClientHello by a HelloVerifyRequest, and lets everything after it pass.</summary>
    /// <returns>The client, once its ClientHello with the cookie has been delivered.</returns>
    private static BlockingThread StartWithCookie(MemoryLink link, DtlsConnection client, byte[] cookie)
    {
        using CountdownEvent hellos = new(2);
        byte[] second = [];
        link.ToServer.Interceptor = (number, datagram, deliver) =>
        {
            if (number == 1)
            {
                Assert.That(datagram[13], Is.EqualTo(ClientHello));
                link.ToClient.Deliver(Tests.Records.VerifyRequest(datagram, cookie));
            }
            else
            {
                second = number == 2 ? datagram.ToArray() : second;
                deliver(datagram);
            }

            if (number <= 2)
            {
                hellos.Signal();
            }
        };
        BlockingThread handshake = BlockingThread.Start("client", () => client.Handshake(Limits.Watchdog));
        Assert.That(hellos.Wait(Limits.Watchdog), Is.True, "two ClientHellos come");
        Assert.That(second[13], Is.EqualTo(ClientHello));
        Assert.That(second.AsSpan().IndexOf(cookie), Is.Positive, "the second carries the cookie");
        return handshake;
    }
}
