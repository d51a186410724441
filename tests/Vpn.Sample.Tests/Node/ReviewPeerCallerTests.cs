using FifoDtls;
using FifoVpn.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace FifoVpn.Tests.Node;

public sealed class ReviewPeerCallerTests
{
    /// <summary>The endpoint's end frees the peer's certificate, perhaps just as the session looks at it: no reason to end the process with an exception nobody catches.</summary>
    [Test, CancelAfter(60_000)]
    public void A_node_may_stop_while_a_session_looks_at_the_certificate()
    {
        using TestVpn vpn = new();
        VpnMember caller = vpn.Member("caller");
        VpnMember called = vpn.Member("called");
        vpn.Impostor(called, vpn.ContextOf(called));
        DtlsEndpoint endpoint = vpn.Impostor(caller, vpn.ContextOf(caller));
        VpnPeer peer = new(called.Called());
        Exception? seen = null;
        PeerCaller calls = new(endpoint, peer, peer.Config.Endpoint!, Session, NullLogger.Instance);

        calls.Start();

        Assert.That(calls.Join(TestNode.Limit), Is.True);
        Assert.That(seen, Is.Not.Null, "the certificate was gone");

        void Session(DtlsPeer association, VpnPeer expected)
        {
            var certificate = association.Negotiated!.PeerCertificate;
            expected.Stop();
            endpoint.Dispose();
            try
            {
                PeerIdentity.Find([expected], certificate, out _);
            }
            catch (Exception exception)
            {
                seen = exception;
                throw;
            }
        }
    }
}
