using System.Net;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>When connects cross and only one of the two sides has a session, that side stays the client, so that the session is resumed.</summary>
public sealed class CrossingSessionTests
{
    private const int MostRounds = 200;
    private const int EnoughCrossings = 5;

    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    private DtlsContext _left = null!;
    private DtlsContext _right = null!;

    [SetUp]
    public void MakeContexts()
    {
        _left = Make("left");
        _right = Make("right");
    }

    [TearDown]
    public void DisposeContexts()
    {
        _left.Dispose();
        _right.Dispose();
    }

    [Test, Watchdog(200)]
    public void Who_has_a_session_stays_the_client_and_resumes_it()
    {
        using DtlsSession session = SessionOf(_left, _right);
        int crossed = 0;
        for (int round = 0; round < MostRounds && crossed < EnoughCrossings; round++)
        {
            using DtlsEndpoint left = Node(_left);
            using DtlsEndpoint right = Node(_right);
            using var start = new Barrier(2);
            BlockingThread<DtlsPeer> leftConnect = BlockingThread.Start("left", () => Connect(left, right, start, session));
            BlockingThread<DtlsPeer> rightConnect = BlockingThread.Start("right", () => Connect(right, left, start, session: null));
            using DtlsPeer leftPeer = leftConnect.Join(Limit);
            using DtlsPeer rightPeer = rightConnect.Join(Limit);

            Assert.That((leftPeer.Role, left.Statistics.Peers, right.Statistics.Peers), Is.EqualTo((1 - rightPeer.Role, 1, 1)));
            if (left.Statistics.CrossedHellos + right.Statistics.CrossedHellos > 0)
            {
                crossed++;
                Assert.That((leftPeer.Role, leftPeer.Negotiated!.WasResumed, rightPeer.Negotiated!.WasResumed), Is.EqualTo((DtlsRole.Client, true, true)), $"round {round}");
            }
        }

        Assert.That(crossed, Is.AtLeast(EnoughCrossings), "the test has met what it is about");
    }

    /// <summary>The association that came of crossing connects is as good as any other: its session can be resumed.</summary>
    [Test, Watchdog(60)]
    public void A_session_with_a_side_that_has_yielded_can_be_resumed()
    {
        using DtlsEndpoint caller = Node(_right);
        using var called = new RawClient(caller.LocalEndPoint);
        BlockingThread<DtlsPeer> connect = BlockingThread.Start("connect", () => caller.Connect(called.LocalEndPoint));
        Assert.That(called.ReceiveRaw(Limit), Is.Not.Null, "the caller's ClientHello");
        DtlsConnection connection = called.Connect(_left);
        using DtlsPeer yielded = connect.Join(Limit);
        Assert.That((yielded.Role, caller.Statistics.CrossedHellos), Is.EqualTo((DtlsRole.Server, 1)));
        using DtlsSession session = connection.ExportSession()!;
        yielded.Dispose();

        using DtlsEndpoint left = Node(_left);
        using DtlsPeer again = left.Connect(caller.LocalEndPoint, new DtlsConnectOptions { Session = session });
        Assert.That(again.Negotiated!.WasResumed, Is.True);
    }

    /// <summary>The caller's ClientHello may have been lost for good; the other side's repetition shows that it still waits.</summary>
    [Test, Watchdog(60)]
    public void Who_has_a_session_and_no_answer_yields_to_a_repetition()
    {
        using DtlsSession session = SessionOf(_left, _right);
        using DtlsEndpoint caller = Node(_left);
        using var called = new RawClient(caller.LocalEndPoint);
        BlockingThread<DtlsPeer> connect = BlockingThread.Start("connect", () => caller.Connect(called.LocalEndPoint, new DtlsConnectOptions { Session = session }));
        Assert.That(called.ReceiveRaw(Limit), Is.Not.Null, "the caller's ClientHello, which is never answered");

        called.Connect(_right);

        using DtlsPeer peer = connect.Join(Limit);
        Assert.That((peer.Role, peer.Negotiated!.WasResumed, caller.Statistics.CrossedHellos), Is.EqualTo((DtlsRole.Server, false, 2)));
    }

    private static DtlsPeer Connect(DtlsEndpoint from, DtlsEndpoint to, Barrier start, DtlsSession? session)
    {
        start.SignalAndWait(Limit);
        try
        {
            return from.Connect(to.LocalEndPoint, new DtlsConnectOptions { Session = session });
        }
        catch (DtlsPeerExistsException exists)
        {
            DtlsPeer accepted = from.TryAccept(Limit)!; // the other side's association was there first
            Assert.That(accepted, Is.SameAs(exists.Peer));
            return accepted;
        }
    }

    private static DtlsSession SessionOf(DtlsContext client, DtlsContext server)
    {
        using DtlsEndpoint caller = Node(client);
        using DtlsEndpoint called = Node(server);
        using DtlsPeer peer = caller.Connect(called.LocalEndPoint);
        return peer.ExportSession()!;
    }

    private static DtlsEndpoint Node(DtlsContext context) => new(new DtlsEndpointOptions
    {
        LocalEndPoint = TestEndpoints.Loopback, ServerContext = context, ClientContext = context, MaxParkedThreads = 0,
    });

    private static DtlsContext Make(string name)
    {
        using X509Certificate2 certificate = TestPki.Authority.Issue(new LeafProfile { CommonName = $"{name}.fifodtls.test", Addresses = [IPAddress.Loopback] });
        using DtlsCredentials credentials = DtlsCredentials.FromCertificate(certificate);
        return new DtlsContext(new DtlsContextOptions
        {
            Credentials = credentials, TrustAnchors = [TestPki.Ca], Resumption = new DtlsResumptionOptions { Scope = "test" },
        });
    }
}
