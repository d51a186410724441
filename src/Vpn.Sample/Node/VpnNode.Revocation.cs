using FifoVpn.Control;
using FifoVpn.Links;
using FifoVpn.Pki;

namespace FifoVpn.Node;

// Peers and rendezvous servers whose certificates are revoked while they are connected.
internal sealed partial class VpnNode
{
    private volatile bool _revocationUpdated;

    /// <summary>
    /// Ends the associations with all peers and rendezvous servers whose certificates the context would not accept any more, and those of which only a new handshake can tell; to be called when its revocation
    /// lists have changed. Sessions kept for resumption go too, with all peers: they are worth nothing under the new lists.
    /// </summary>
    /// <returns>How many associations were ended.</returns>
    public int EndRevoked()
    {
        _revocationUpdated = true; // first: an association is either attached and seen below, or sees this when it is attached
        int ended = 0;
        foreach (VpnPeer peer in Peers)
        {
            peer.ForgetSession();
            peer.CloseLinks(link =>
            {
                if (Verify(link, out bool decided) is not { } refusal)
                {
                    return false;
                }

                ended++;
                VpnLogger.Refused(_logger, link.Where, $"the certificate of \"{peer.Name}\" {(decided ? "is not accepted any more" : "has to be shown again")}: {refusal}");
                SayBye(link, decided ? ByeReason.Revoked : ByeReason.Other, refusal);
                return true;
            });
        }

        return ended + _rendezvous.Count(client => client.EndIfRevoked());
    }

    /// <summary>Whether the peer of an association that has just begun was revoked while its handshake still went by the former lists.</summary>
    private bool WasRevokedMeanwhile(PeerLink link, out string refusal)
    {
        refusal = "";
        if (!_revocationUpdated || Verify(link, out bool decided) is not { } reason || !decided)
        {
            return false;
        }

        refusal = $"its certificate is not accepted any more: {reason}";
        return true;
    }

    /// <param name="decided">Whether a handshake would say the same.</param>
    /// <returns>Why the certificate is not accepted, or null.</returns>
    private string? Verify(PeerLink link, out bool decided)
    {
        decided = true;
        if (link.Identity is not { } identity)
        {
            return null; // it has yet to be looked at
        }

        return CertificateCheck.Refusal(_options.Context, identity.Der.Span, link.Role, out decided);
    }
}
