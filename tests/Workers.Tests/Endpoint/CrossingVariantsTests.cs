using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Crossing connects where the addresses or the ClientHellos are not the plain ones.</summary>
public sealed class CrossingVariantsTests
{
    private const int MostRounds = 200;
    private const int EnoughCrossings = 3;

    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    /// <summary>On all addresses, a datagram's source comes with the local address that it was sent to, and IPv4 sources can be mapped: a caller must still know the called by it.</summary>
    [TestCase("0.0.0.0", "0.0.0.0", "127.0.0.1")]
    [TestCase("::", "::", "127.0.0.1")]
    [TestCase("::", "::", "::1")]
    [TestCase("::", "0.0.0.0", "127.0.0.1")]
    [Watchdog(200)]
    public void On_sockets_on_all_addresses_one_association_comes_of_it(string left, string right, string through)
    {
        Requires.IPv6();
        var leftBound = new IPEndPoint(IPAddress.Parse(left), 0);
        var rightBound = new IPEndPoint(IPAddress.Parse(right), 0);

        int crossed = CrossUntilEnough(() => TestEndpoints.Node(local: leftBound), () => TestEndpoints.Node(local: rightBound), IPAddress.Parse(through), out _);

        Assert.That(crossed, Is.AtLeast(EnoughCrossings), "the test has met what it is about");
    }

    [Test, Watchdog(200)]
    public void With_ClientHellos_in_fragments_one_association_comes_of_it()
    {
        using X509Certificate2 certificate = TestPki.Authority.Issue(new LeafProfile { CommonName = "node.fifodtls.test", Addresses = [IPAddress.Loopback] });
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate);
        using var context = new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials,
            TrustAnchors = [TestPki.Ca],
            ApplicationProtocols = [.. Enumerable.Range(0, 10).Select(i => new SslApplicationProtocol(new string((char)('a' + i), 40)))], // 400 bytes more of ClientHello
        });
        DtlsEndpoint Node() => new(new DtlsEndpointOptions
        {
            LocalEndPoint = TestEndpoints.Loopback, ServerContext = context, ClientContext = context, MaxDatagramSize = 256,
        });

        int crossed = CrossUntilEnough(Node, Node, IPAddress.Loopback, out long reassembled);

        Assert.That(crossed, Is.AtLeast(EnoughCrossings), "the test has met what it is about");
        Assert.That(reassembled, Is.AtLeast(EnoughCrossings), "the ClientHellos have come in fragments");
    }

    /// <summary>What waits for the handshake waits for whichever handshake it becomes.</summary>
    [Test, Watchdog(60)]
    public void What_was_queued_goes_out_though_the_caller_has_yielded()
    {
        using DtlsEndpoint caller = TestEndpoints.Node();
        using var called = new RawClient(caller.LocalEndPoint);
        using var done = new ManualResetEventSlim();
        DtlsPeer peer = caller.Connect(called.LocalEndPoint, _ => done.Wait(Limit));
        Assert.That((peer.TrySend([1]), peer.TrySend([2, 2])), Is.EqualTo((true, true)));
        Assert.That(called.ReceiveRaw(Limit), Is.Not.Null, "the caller's ClientHello");

        DtlsConnection connection = called.Connect(TestContexts.Node);

        byte[] buffer = new byte[10];
        Assert.That((connection.Receive(buffer, Limit).Length, connection.Receive(buffer, Limit).Length), Is.EqualTo((1, 2)));
        Assert.That((peer.Role, caller.Statistics.CrossedHellos), Is.EqualTo((DtlsRole.Server, 1)));
        done.Set();
    }

    /// <summary>Connects two endpoints to each other at once, again and again with new ones, and demands one association each time.</summary>
    /// <returns>How often both sides' ClientHellos were on their way at once.</returns>
    private static int CrossUntilEnough(Func<DtlsEndpoint> makeLeft, Func<DtlsEndpoint> makeRight, IPAddress through, out long reassembled)
    {
        int crossed = 0;
        reassembled = 0;
        for (int round = 0; round < MostRounds && crossed < EnoughCrossings; round++)
        {
            using DtlsEndpoint left = makeLeft();
            using DtlsEndpoint right = makeRight();
            using var start = new Barrier(2);
            BlockingThread<DtlsPeer> leftConnect = BlockingThread.Start("left", () => Connect(left, new IPEndPoint(through, right.LocalEndPoint.Port), start));
            BlockingThread<DtlsPeer> rightConnect = BlockingThread.Start("right", () => Connect(right, new IPEndPoint(through, left.LocalEndPoint.Port), start));
            using DtlsPeer leftPeer = leftConnect.Join(Limit);
            using DtlsPeer rightPeer = rightConnect.Join(Limit);

            Assert.That((leftPeer.Role, left.Statistics.Peers, right.Statistics.Peers), Is.EqualTo((1 - rightPeer.Role, 1, 1)));
            leftPeer.Send([1]);
            rightPeer.Send([2, 2]);
            Assert.That((rightPeer.Receive(new byte[10], Limit).Length, leftPeer.Receive(new byte[10], Limit).Length), Is.EqualTo((1, 2)));
            crossed += left.Statistics.CrossedHellos + right.Statistics.CrossedHellos > 0 ? 1 : 0;
            reassembled += left.Statistics.HellosReassembled + right.Statistics.HellosReassembled;
        }

        return crossed;
    }

    private static DtlsPeer Connect(DtlsEndpoint from, IPEndPoint to, Barrier start)
    {
        start.SignalAndWait(Limit);
        try
        {
            return from.Connect(to);
        }
        catch (DtlsPeerExistsException exists)
        {
            DtlsPeer accepted = from.TryAccept(Limit)!; // the other side's association was there first
            Assert.That(accepted, Is.SameAs(exists.Peer));
            return accepted;
        }
    }
}
