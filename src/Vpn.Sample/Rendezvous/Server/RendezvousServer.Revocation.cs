using FifoDtls;
using FifoVpn.Control;
using FifoVpn.Pki;

namespace FifoVpn.Rendezvous;

// Nodes whose certificates are revoked while they are registered.
internal sealed partial class RendezvousServer
{
    private volatile bool _revocationUpdated;

    /// <summary>
    /// Ends the associations with all nodes whose certificates the context would not accept any more, and those of which only a new handshake can tell; to be called when its revocation lists
    /// have changed.
    /// </summary>
    /// <returns>How many associations were ended.</returns>
    public int EndRevoked()
    {
        _revocationUpdated = true; // first: a node is either in the registry and seen below, or sees this when it has been admitted
        int ended = 0;
        foreach (RendezvousNode node in _registry.All)
        {
            ended += EndIfRefused(node, begins: false) ? 1 : 0;
        }

        return ended;
    }

    /// <param name="begins">Whether the node was admitted just now: its handshake may still have gone by the former lists.</param>
    private bool EndIfRefused(RendezvousNode node, bool begins)
    {
        if ((begins && !_revocationUpdated) || node.Certificate.IsEmpty
            || CertificateCheck.Refusal(_options.Context, node.Certificate.Span, DtlsRole.Server, out bool decided) is not { } refusal || (begins && !decided))
        {
            return false;
        }

        RendezvousLogger.Refused(_logger, node.PublicEndPoint, $"the certificate of \"{node.Name}\" {(decided ? "is not accepted any more" : "has to be shown again")}: {refusal}");
        node.EndAs(NodeEnd.Revoked);
        node.SayBye(decided ? ByeReason.Revoked : ByeReason.Other, refusal);
        node.Association.Close();
        return true;
    }
}
