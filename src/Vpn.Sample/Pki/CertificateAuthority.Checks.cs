using FifoVpn.Packets;

namespace FifoVpn.Pki;

// What a certificate is made for.
internal sealed partial class CertificateAuthority
{
    private const int ShortestSpecialLength = 8;

    private static void CheckIdentity(CertificateIdentity identity)
    {
        if (!NodeName.IsValid(identity.Name))
        {
            throw new PkiException(NodeName.Complaint(identity.Name));
        }

        if (identity.IsRendezvous)
        {
            if (identity.Prefixes.Count > 0)
            {
                throw new PkiException($"rendezvous server {identity.Name} has no VPN addresses and subnets; issue another certificate for a node on the same host");
            }

            return;
        }

        if (identity.Addresses.Count == 0)
        {
            throw new PkiException($"node {identity.Name} needs at least one VPN address");
        }

        CheckAddresses(identity.Addresses);
        CheckSubnets(identity.Subnets);
    }

    private static void CheckAddresses(IReadOnlyList<VpnAddress> addresses)
    {
        for (int i = 0; i < addresses.Count; i++)
        {
            if (!addresses[i].IsAssignable)
            {
                throw new PkiException($"{addresses[i]} cannot be the address of a node");
            }

            if (addresses.Take(i).Contains(addresses[i]))
            {
                throw new PkiException($"address {addresses[i]} is given twice");
            }
        }
    }

    private static void CheckSubnets(IReadOnlyList<IpPrefix> subnets)
    {
        for (int i = 0; i < subnets.Count; i++)
        {
            VpnAddress network = subnets[i].Network;
            bool reachesBeyondSpecial = network.IsUnspecified && subnets[i].Length < ShortestSpecialLength; // 0.0.0.0/0 and its halves
            if (!network.IsAssignable && !reachesBeyondSpecial)
            {
                throw new PkiException($"{subnets[i]} cannot be a subnet of a node: its addresses are none that hosts have");
            }

            if (subnets.Take(i).Contains(subnets[i]))
            {
                throw new PkiException($"subnet {subnets[i]} is given twice");
            }
        }
    }
}
