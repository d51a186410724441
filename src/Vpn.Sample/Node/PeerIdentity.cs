using System.Security.Cryptography.X509Certificates;
using FifoVpn.Packets;
using FifoVpn.Pki;

namespace FifoVpn.Node;

/// <summary>Finds out which peer a verified certificate belongs to. A certificate that the CA has issued to somebody else is worth nothing here.</summary>
internal static class PeerIdentity
{
    /// <summary>Reads who the certificate names.</summary>
    /// <param name="refusal">Why it names nobody, for a log line.</param>
    public static CertificateIdentity? Read(X509Certificate2? certificate, out string refusal)
    {
        refusal = "";
        if (certificate is null)
        {
            refusal = "it showed no certificate";
            return null;
        }

        // Any CA may have issued it: what is no name of a node must not get into logs, tables and metrics.
        if (!CertificateIdentity.TryRead(certificate, out CertificateIdentity? identity) || !NodeName.IsValid(identity.Name))
        {
            refusal = $"its certificate ({NodeName.Printable(certificate.Subject)}) names no node";
            return null;
        }

        return identity;
    }

    /// <summary>Whether the certificate carries the addresses that the peer is configured with.</summary>
    public static bool MayBe(VpnPeer peer, CertificateIdentity identity, out string refusal)
    {
        foreach (VpnAddress address in peer.Config.Addresses)
        {
            if (!identity.Addresses.Contains(address))
            {
                refusal = $"the certificate of \"{identity.Name}\" does not carry its configured address {address}";
                return false;
            }
        }

        refusal = "";
        return true;
    }
}
