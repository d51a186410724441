using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FifoVpn.Packets;

namespace FifoVpn.Pki;

/// <summary>
/// Who a certificate says its holder is: the common name, the VPN addresses, the subnets behind it, and whether it is a rendezvous server. It proves nothing until the chain was verified.
/// </summary>
internal sealed record CertificateIdentity(string Name, IReadOnlyList<VpnAddress> Addresses, IReadOnlyList<IpPrefix> Subnets, bool IsRendezvous)
{
    private const string CommonNameOid = "2.5.4.3";

    /// <summary>All that the holder may send from and be sent to: each address by itself, then the subnets. A new list each time.</summary>
    public IReadOnlyList<IpPrefix> Prefixes => [.. Addresses.Select(IpPrefix.Host), .. Subnets];

    /// <summary>A node with these addresses.</summary>
    public static CertificateIdentity Node(string name, IReadOnlyList<VpnAddress> addresses, IReadOnlyList<IpPrefix>? subnets = null) =>
        new(name, addresses, subnets ?? [], IsRendezvous: false);

    /// <summary>A rendezvous server, which has no place inside the VPN.</summary>
    public static CertificateIdentity Rendezvous(string name) => new(name, [], [], IsRendezvous: true);

    /// <summary>False when there is not exactly one common name or the subjectAltName is malformed.</summary>
    public static bool TryRead(X509Certificate2 certificate, [NotNullWhen(true)] out CertificateIdentity? identity)
    {
        identity = null;
        if (!TryReadCommonName(certificate, out string? name) || !AlternativeNames.TryRead(certificate, out AlternativeNames? names))
        {
            return false;
        }

        identity = new CertificateIdentity(name, names.Addresses, names.Subnets, names.IsRendezvous);
        return true;
    }

    private static bool TryReadCommonName(X509Certificate2 certificate, [NotNullWhen(true)] out string? name)
    {
        name = null;
        try
        {
            foreach (X500RelativeDistinguishedName part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
            {
                if (part.HasMultipleElements)
                {
                    return false;
                }

                if (part.GetSingleElementType().Value == CommonNameOid)
                {
                    if (name is not null)
                    {
                        return false;
                    }

                    name = part.GetSingleElementValue();
                }
            }
        }
        catch (CryptographicException)
        {
            return false;
        }

        return !string.IsNullOrEmpty(name);
    }
}
