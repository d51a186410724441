using System.Net;
using FifoDtls;
using FifoDtls.TestSupport;
using FifoVpn.Control;
using FifoVpn.Node;
using FifoVpn.Rendezvous;
using FifoVpn.Tests.Mesh;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoVpn.Tests.Node;

internal sealed class PeerCallerTests
{
    /// <summary>The newest link is the one that packets go to: one through the server would take them away from the direct one that is just beginning.</summary>
    [Test]
    [CancelAfter(60_000)]
    public void While_the_peer_calls_from_its_place_no_association_is_begun_through_the_server()
    {
        using TestVpn vpn = new();
        VpnMember caller = vpn.Member("caller");
        VpnMember called = vpn.Member("called");
        vpn.Impostor(called, vpn.ContextOf(called));
        DtlsEndpoint endpoint = vpn.Impostor(caller, vpn.ContextOf(caller));
        using DtlsPeer there = endpoint.Connect(called.Outside); // as if the peer had begun it
        FifoVpn.Rendezvous.RendezvousClient client =
            new(TestMesh.At("meet", TestVpn.NewEndPoint()), endpoint, null!, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), NullLogger.Instance);
        VpnPeer peer = new(called.Awaited(), caller.Name) { CanBeCalled = true };
        Ways ways = new(endpoint);
        PeerCaller calls = new(peer, ways, [client], TestNode.Limit, NullLogger.Instance);
        calls.Start();

        peer.Introduce(new Introduction(client, new IntroductionMessage(0, called.Name, Channel: 7, called.Outside, [])));

        Eventually.True(() => peer.Link is not null, TestNode.Limit, "the peer's call has led to a link");
        peer.Stop();
        Assert.That(calls.Join(TestNode.Limit), Is.True);
        Assert.That((ways.Direct, ways.Through), Is.EqualTo((3, 0)));
    }

    /// <summary>At each direct place there is an association already; with the third call the peer's own one is done.</summary>
    private sealed class Ways(DtlsEndpoint endpoint) : IPeerLinks
    {
        public int Direct { get; private set; }

        public int Through { get; private set; }

        public IPEndPoint LocalEndPoint => endpoint.LocalEndPoint;

        public CallAttempt Call(VpnPeer peer, IPEndPoint place, TimeSpan limit)
        {
            if (++Direct == 3)
            {
                peer.Attach(new FakeLink("direct", place));
            }

            return new CallAttempt(peer, place.ToString(), (_, cancellation) => endpoint.Connect(place, cancellationToken: cancellation).Dispose()) { Place = place };
        }

        public CallAttempt CallThrough(VpnPeer peer, Introduction meeting, TimeSpan limit)
        {
            Through++;
            peer.Attach(new FakeLink("relay"));
            return new CallAttempt(peer, "relay", (_, _) => { });
        }

        public bool CallsFirst(VpnPeer peer) => true;

        public void Met(Introduction introduction)
        {
            // Nothing is relayed here.
        }
    }
}
