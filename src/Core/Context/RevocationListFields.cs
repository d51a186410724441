using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FifoDtls;

/// <summary>What tells one revocation list from another (RFC 5280 §5.1, §5.2): whose it is, what it speaks of, and which is the newer one.</summary>
internal sealed record RevocationListFields(X500DistinguishedName Issuer, string Scope, BigInteger? Number, DateTimeOffset ThisUpdate, DateTimeOffset? NextUpdate)
{
    private const string NumberOid = "2.5.29.20";
    private const string DeltaIndicatorOid = "2.5.29.27";
    private const string IssuingDistributionPointOid = "2.5.29.28";
    private const string AuthorityKeyIdentifierOid = "2.5.29.35";

    private static readonly Asn1Tag Extensions = new(TagClass.ContextSpecific, 0);

    /// <returns>False when it is malformed.</returns>
    internal static bool TryRead(ReadOnlyMemory<byte> der, [NotNullWhen(true)] out RevocationListFields? fields)
    {
        try
        {
            fields = Read(new AsnReader(der, AsnEncodingRules.BER).ReadSequence().ReadSequence());
            return true;
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException)
        {
            fields = null;
            return false;
        }
    }

    private static RevocationListFields Read(AsnReader list)
    {
        if (list.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
        {
            _ = list.ReadInteger(); // version
        }

        _ = list.ReadEncodedValue(); // signature algorithm
        X500DistinguishedName issuer = new(list.ReadEncodedValue().Span);
        DateTimeOffset thisUpdate = ReadTime(list);
        DateTimeOffset? nextUpdate = IsTime(list) ? ReadTime(list) : null;
        if (list.HasData && list.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            _ = list.ReadEncodedValue(); // the revoked certificates
        }

        string scope = Convert.ToHexString(issuer.RawData);
        BigInteger? number = null;
        if (list.HasData)
        {
            ReadExtensions(list.ReadSequence(Extensions).ReadSequence(), ref scope, ref number);
        }

        return new RevocationListFields(issuer, scope, number, thisUpdate, nextUpdate);
    }

    // An authority may have several keys, divide its certificates among several lists, and publish differences between them: each of these is a scope of its own.
    private static void ReadExtensions(AsnReader extensions, ref string scope, ref BigInteger? number)
    {
        SortedDictionary<string, string> scopes = new(StringComparer.Ordinal);
        while (extensions.HasData)
        {
            AsnReader extension = extensions.ReadSequence();
            string oid = extension.ReadObjectIdentifier();
            if (extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean))
            {
                _ = extension.ReadBoolean(); // critical
            }

            byte[] value = extension.ReadOctetString();
            switch (oid)
            {
                case NumberOid:
                    number = new AsnReader(value, AsnEncodingRules.BER).ReadInteger();
                    break;
                case DeltaIndicatorOid:
                    scopes[oid] = ""; // its value is the number of the list that it is a difference to
                    break;
                case IssuingDistributionPointOid or AuthorityKeyIdentifierOid:
                    scopes[oid] = Convert.ToHexString(value);
                    break;
            }
        }

        scope += string.Concat(scopes.Select(entry => $" {entry.Key}={entry.Value}"));
    }

    private static bool IsTime(AsnReader list) =>
        list.HasData && (list.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) || list.PeekTag().HasSameClassAndValue(Asn1Tag.GeneralizedTime));

    private static DateTimeOffset ReadTime(AsnReader list) =>
        list.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? list.ReadUtcTime() : list.ReadGeneralizedTime();
}
