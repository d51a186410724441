using FifoDtls;
using FifoVpn.Node;

namespace FifoVpn.Tests.Node;

internal sealed class CallAttemptTests
{
    /// <summary>The endpoint's end frees the peer's certificate, perhaps just as the session looks at it: no reason to end the process with an exception nobody catches.</summary>
    [Test]
    [CancelAfter(60_000)]
    public void A_node_may_stop_while_a_session_looks_at_the_certificate()
    {
        using TestVpn vpn = new();
        VpnMember caller = vpn.Member("caller");
        VpnMember called = vpn.Member("called");
        vpn.Impostor(called, vpn.ContextOf(called));
        DtlsEndpoint endpoint = vpn.Impostor(caller, vpn.ContextOf(caller));
        VpnPeer peer = new(called.Called(), caller.Name);
        Exception? seen = null;

        CallAttempt attempt = new(peer, "called", (_, cancellation) =>
        {
            using DtlsPeer association = endpoint.Connect(called.Outside, cancellationToken: cancellation);
            var certificate = association.Negotiated!.PeerCertificate;
            peer.Stop();
            endpoint.Dispose();
            try
            {
                PeerIdentity.Read(certificate, out string _);
            }
            catch (Exception exception)
            {
                seen = exception;
                throw;
            }
        });

        Assert.That(attempt.Join(TestNode.Limit), Is.True);
        Assert.That(seen, Is.Not.Null, "the certificate was gone");
        Assert.That(attempt.HasEnded, Is.True);
    }

    [Test]
    [CancelAfter(60_000)]
    public void An_attempt_that_is_given_up_ends_at_once_and_is_no_failure()
    {
        using TestVpn vpn = new();
        VpnMember caller = vpn.Member("caller");
        VpnMember nobody = vpn.Member("nobody");
        DtlsEndpoint endpoint = vpn.Impostor(caller, vpn.ContextOf(caller));
        CallAttempt attempt = new(new VpnPeer(nobody.Called(), caller.Name), "nobody", (_, cancellation) =>
            endpoint.Connect(nobody.Outside, cancellationToken: cancellation).Dispose());

        attempt.GiveUp();

        Assert.That(attempt.Join(TestNode.Limit), Is.True);
        Assert.That(attempt.Failure, Is.Null);
    }
}
