using System.Security.Cryptography.X509Certificates;
using FifoVpn.Packets;
using FifoVpn.Pki;

namespace FifoVpn.Node;

/// <summary>Finds out which configured peer a verified certificate belongs to. A certificate that the CA has issued to somebody else is worth nothing here.</summary>
internal static class PeerIdentity
{
    /// <param name="refusal">Why no peer was found, for a log line.</param>
    /// <returns>The peer, or null.</returns>
    public static VpnPeer? Find(IReadOnlyList<VpnPeer> peers, X509Certificate2? certificate, out string refusal)
    {
        refusal = "";
        if (certificate is null)
        {
            refusal = "it showed no certificate";
            return null;
        }

        if (!CertificateIdentity.TryRead(certificate, out CertificateIdentity? identity))
        {
            refusal = $"its certificate ({certificate.Subject}) names no node";
            return null;
        }

        VpnPeer? peer = peers.FirstOrDefault(candidate => candidate.Name == identity.Name);
        if (peer is null)
        {
            refusal = $"\"{identity.Name}\" is not among the configured peers";
            return null;
        }

        foreach (VpnAddress address in peer.Config.Addresses)
        {
            if (!identity.Addresses.Contains(address))
            {
                refusal = $"the certificate of \"{identity.Name}\" does not carry its configured address {address}";
                return null;
            }
        }

        return peer;
    }
}
