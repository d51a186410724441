using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FifoVpn.Packets;

namespace FifoVpn.Pki;

/// <summary>
/// Who a certificate says its holder is: the common name and the VPN addresses. It proves nothing until the chain was verified.
/// </summary>
internal sealed record CertificateIdentity(string Name, IReadOnlyList<VpnAddress> Addresses)
{
    private const string CommonNameOid = "2.5.4.3";

    /// <summary>False when there is not exactly one common name or the subjectAltName is malformed.</summary>
    public static bool TryRead(X509Certificate2 certificate, [NotNullWhen(true)] out CertificateIdentity? identity)
    {
        identity = null;
        if (!TryReadCommonName(certificate, out string? name) || !TryReadAddresses(certificate, out VpnAddress[] addresses))
        {
            return false;
        }

        identity = new CertificateIdentity(name, addresses);
        return true;
    }

    /// <summary>The iPAddress entries of the subjectAltName, none if there are none; false when the extension is malformed.</summary>
    public static bool TryReadAddresses(X509Certificate2 certificate, out VpnAddress[] addresses)
    {
        try
        {
            addresses =
            [
                .. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                    .SelectMany(extension => extension.EnumerateIPAddresses())
                    .Select(VpnAddress.FromIPAddress),
            ];
            return true;
        }
        catch (CryptographicException)
        {
            addresses = [];
            return false;
        }
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
