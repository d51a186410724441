using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace FifoVpn.Pki;

/// <summary>A revocation list (CRL, RFC 5280 §5) as it is read from a file. It proves nothing until its signature was checked.</summary>
internal sealed record RevocationList(
    byte[] Der, X500DistinguishedName Issuer, BigInteger? Number, DateTimeOffset ThisUpdate, DateTimeOffset? NextUpdate, IReadOnlyList<RevokedCertificate> Revoked)
{
    public const string PemLabel = "X509 CRL";

    private const string NumberOid = "2.5.29.20";
    private const string ReasonOid = "2.5.29.21";
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 0);

    /// <summary>Reads the first list of a PEM text, or one in DER. False when there is none, or it is malformed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> pemOrDer, [NotNullWhen(true)] out RevocationList? list)
    {
        list = null;
        byte[]? der = pemOrDer is [0x30, >= 0x80, ..] ? pemOrDer.ToArray() : FindPem(Encoding.Latin1.GetString(pemOrDer));
        if (der is null)
        {
            return false;
        }

        try
        {
            list = Read(der);
            return true;
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException)
        {
            return false;
        }
    }

    public bool Revokes(string serial) => Revoked.Any(entry => entry.Serial == serial);

    private static byte[]? FindPem(ReadOnlySpan<char> text)
    {
        while (PemEncoding.TryFind(text, out PemFields fields))
        {
            if (text[fields.Label] is PemLabel)
            {
                return Convert.FromBase64String(text[fields.Base64Data].ToString());
            }

            text = text[fields.Location.End..];
        }

        return null;
    }

    private static RevocationList Read(byte[] der)
    {
        AsnReader list = new AsnReader(der, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        if (list.PeekTag() == Asn1Tag.Integer)
        {
            _ = list.ReadInteger(); // version
        }

        _ = list.ReadEncodedValue(); // signature algorithm
        X500DistinguishedName issuer = new(list.ReadEncodedValue().Span);
        DateTimeOffset thisUpdate = ReadTime(list);
        DateTimeOffset? nextUpdate = list.HasData && (list.PeekTag() == Asn1Tag.UtcTime || list.PeekTag() == Asn1Tag.GeneralizedTime) ? ReadTime(list) : null;
        List<RevokedCertificate> revoked = [];
        if (list.HasData && list.PeekTag() == Asn1Tag.Sequence)
        {
            AsnReader entries = list.ReadSequence();
            while (entries.HasData)
            {
                revoked.Add(ReadEntry(entries.ReadSequence()));
            }
        }

        byte[]? number = list.HasData ? FindExtension(list.ReadSequence(ExtensionsTag).ReadSequence(), NumberOid) : null;
        return new RevocationList(der, issuer, number is null ? null : new AsnReader(number, AsnEncodingRules.DER).ReadInteger(), thisUpdate, nextUpdate, revoked);
    }

    private static RevokedCertificate ReadEntry(AsnReader entry)
    {
        string serial = Convert.ToHexString(entry.ReadIntegerBytes().Span);
        DateTimeOffset revokedAt = ReadTime(entry);
        byte[]? reason = entry.HasData ? FindExtension(entry.ReadSequence(), ReasonOid) : null;
        return new RevokedCertificate(serial, revokedAt, reason is null ? null : (X509RevocationReason)(reason is [.., byte last] ? last : 0));
    }

    private static byte[]? FindExtension(AsnReader extensions, string wanted)
    {
        while (extensions.HasData)
        {
            AsnReader extension = extensions.ReadSequence();
            string oid = extension.ReadObjectIdentifier();
            if (extension.PeekTag() == Asn1Tag.Boolean)
            {
                _ = extension.ReadBoolean(); // critical
            }

            if (oid == wanted)
            {
                return extension.ReadOctetString();
            }
        }

        return null;
    }

    private static DateTimeOffset ReadTime(AsnReader reader) => reader.PeekTag() == Asn1Tag.UtcTime ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();
}
