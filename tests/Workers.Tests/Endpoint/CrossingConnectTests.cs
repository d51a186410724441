using FifoDtls.TestSupport;

namespace FifoDtls.Tests;

/// <summary>Two peers that connect to each other at the same moment get one association, not two and not none.</summary>
public sealed class CrossingConnectTests
{
    private static readonly TimeSpan Limit = TestEndpoints.Limit;

    [Test, Watchdog(240)]
    public void Crossing_connects_yield_one_association_with_opposite_roles()
    {
        int crossed = 0;
        for (int round = 0; round < 100; round++)
        {
            using DtlsEndpoint left = TestEndpoints.Node();
            using DtlsEndpoint right = TestEndpoints.Node();
            using var start = new Barrier(2);
            BlockingThread<DtlsPeer> leftConnect = BlockingThread.Start("left", () => Connect(left, right, start));
            BlockingThread<DtlsPeer> rightConnect = BlockingThread.Start("right", () => Connect(right, left, start));
            using DtlsPeer leftPeer = leftConnect.Join(Limit);
            using DtlsPeer rightPeer = rightConnect.Join(Limit);

            RequireOneAssociation(left, leftPeer, right, rightPeer);
            crossed += left.Statistics.CrossedHellos + right.Statistics.CrossedHellos > 0 ? 1 : 0;
        }

        TestContext.Out.WriteLine($"{crossed} of 100 rounds crossed");
        Assert.That(crossed, Is.Positive, "the test has met what it is about");
    }

    [Test, Watchdog(60)]
    public void When_the_other_side_has_connected_already_Connect_names_its_peer_and_that_one_works()
    {
        using DtlsEndpoint left = TestEndpoints.Node();
        using DtlsEndpoint right = TestEndpoints.Node();
        using DtlsPeer leftPeer = left.Connect(right.LocalEndPoint);
        using DtlsPeer accepted = right.Accept();

        DtlsPeerExistsException? refusal = Assert.Throws<DtlsPeerExistsException>(() => right.Connect(left.LocalEndPoint));

        Assert.That(refusal!.Peer, Is.SameAs(accepted));
        RequireOneAssociation(left, leftPeer, right, accepted);
    }

    private static DtlsPeer Connect(DtlsEndpoint from, DtlsEndpoint to, Barrier start)
    {
        start.SignalAndWait(Limit);
        try
        {
            return from.Connect(to.LocalEndPoint);
        }
        catch (DtlsPeerExistsException exists)
        {
            // The other side's association was there first: it comes out of Accept, where all that were not asked for do.
            DtlsPeer accepted = from.TryAccept(Limit)!;
            Assert.That(accepted, Is.SameAs(exists.Peer));
            return accepted;
        }
    }

    private static void RequireOneAssociation(DtlsEndpoint left, DtlsPeer leftPeer, DtlsEndpoint right, DtlsPeer rightPeer)
    {
        Assert.That(leftPeer.Role, Is.Not.EqualTo(rightPeer.Role));
        Assert.That((left.Statistics.Peers, right.Statistics.Peers), Is.EqualTo((1, 1)));
        Assert.That((left.TryAccept(TimeSpan.Zero), right.TryAccept(TimeSpan.Zero)), Is.EqualTo(((DtlsPeer?)null, (DtlsPeer?)null)));
        byte[] buffer = new byte[100];
        leftPeer.Send("from the left"u8);
        DtlsReceiveResult result = rightPeer.Receive(buffer, Limit);
        Assert.That(buffer[..result.Length], Is.EqualTo("from the left"u8.ToArray()));
        rightPeer.Send("from the right"u8);
        result = leftPeer.Receive(buffer, Limit);
        Assert.That(buffer[..result.Length], Is.EqualTo("from the right"u8.ToArray()));
        Assert.That((left.Statistics.AcceptingHandshakes, right.Statistics.AcceptingHandshakes), Is.EqualTo((0, 0)));
    }
}
