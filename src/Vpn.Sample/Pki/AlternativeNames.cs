using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using FifoVpn.Packets;

namespace FifoVpn.Pki;

/// <summary>
/// What a certificate's subjectAltName (RFC 5280 §4.2.1.6) says about the VPN: addresses as iPAddress, and subnets and the role of a rendezvous server as URIs of a scheme
/// of our own, because a subjectAltName has no form for networks.
/// </summary>
internal sealed record AlternativeNames(IReadOnlyList<VpnAddress> Addresses, IReadOnlyList<IpPrefix> Subnets, bool IsRendezvous)
{
    public const string SubnetUri = "fifovpn:subnet=";
    public const string RendezvousUri = "fifovpn:rendezvous";

    private const string Scheme = "fifovpn:";
    private const string SubjectAltNameOid = "2.5.29.17";
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag AddressTag = new(TagClass.ContextSpecific, 7);

    /// <summary>
    /// Empty without the extension. False when it is there twice or malformed, which includes every URI of our scheme that is not exactly what this version writes: what is not understood
    /// must not be taken for less. Other schemes and kinds of names are passed over.
    /// </summary>
    public static bool TryRead(X509Certificate2 certificate, [NotNullWhen(true)] out AlternativeNames? names)
    {
        names = null;
        X509Extension? extension = null;
        foreach (X509Extension candidate in certificate.Extensions)
        {
            if (candidate.Oid?.Value == SubjectAltNameOid)
            {
                if (extension is not null)
                {
                    return false;
                }

                extension = candidate;
            }
        }

        if (extension is null)
        {
            names = new AlternativeNames([], [], IsRendezvous: false);
            return true;
        }

        try
        {
            return TryParse(extension.RawData, out names);
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    /// <summary>Adds these names to those that the certificate gets.</summary>
    public void AddTo(SubjectAlternativeNameBuilder builder)
    {
        foreach (VpnAddress address in Addresses)
        {
            builder.AddIpAddress(address.ToIPAddress());
        }

        foreach (IpPrefix subnet in Subnets)
        {
            builder.AddUri(new Uri(SubnetUri + subnet));
        }

        if (IsRendezvous)
        {
            builder.AddUri(new Uri(RendezvousUri));
        }
    }

    private static bool TryParse(ReadOnlyMemory<byte> extension, [NotNullWhen(true)] out AlternativeNames? names)
    {
        names = null;
        List<VpnAddress> addresses = [];
        List<IpPrefix> subnets = [];
        bool isRendezvous = false;
        AsnReader outer = new(extension, AsnEncodingRules.DER);
        AsnReader reader = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        while (reader.HasData)
        {
            Asn1Tag tag = reader.PeekTag();
            if (tag == AddressTag)
            {
                byte[] octets = reader.ReadOctetString(AddressTag);
                if (octets.Length is not (VpnAddress.IPv4Bits / 8 or VpnAddress.IPv6Bits / 8))
                {
                    return false;
                }

                addresses.Add(VpnAddress.FromBytes(octets));
            }
            else if (tag == UriTag)
            {
                if (!TryReadUri(reader.ReadCharacterString(UniversalTagNumber.IA5String, UriTag), subnets, ref isRendezvous))
                {
                    return false;
                }
            }
            else
            {
                _ = reader.ReadEncodedValue();
            }
        }

        names = new AlternativeNames(addresses, subnets, isRendezvous);
        return true;
    }

    // A scheme is compared without case (RFC 3986 §3.1), so that FIFOVPN: is ours and malformed, not another's and passed over.
    private static bool TryReadUri(string uri, List<IpPrefix> subnets, ref bool isRendezvous)
    {
        if (!uri.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (uri == RendezvousUri)
        {
            isRendezvous = true;
            return true;
        }

        if (!uri.StartsWith(SubnetUri, StringComparison.Ordinal) || !IpPrefix.TryParse(uri[SubnetUri.Length..], out IpPrefix subnet, out _) || uri != SubnetUri + subnet)
        {
            return false;
        }

        subnets.Add(subnet);
        return true;
    }
}
