using System.Formats.Asn1;
using System.Security.Cryptography;

namespace FifoVpn.Pki;

/// <summary>What certificates and revocation lists have in common (RFC 5280 §4.1, §5.1): the data, the algorithm and the signature.</summary>
internal static class SignedData
{
    private const string EcdsaWithSha256 = "1.2.840.10045.4.3.2"; // the only algorithm that our CA signs with

    /// <summary>Whether this key has signed it; false as well when it is malformed.</summary>
    public static bool IsSignedBy(ReadOnlyMemory<byte> der, ECDsa key)
    {
        try
        {
            AsnReader outer = new(der, AsnEncodingRules.DER);
            AsnReader reader = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            ReadOnlyMemory<byte> data = reader.ReadEncodedValue();
            string algorithm = reader.ReadSequence().ReadObjectIdentifier();
            byte[] signature = reader.ReadBitString(out int unusedBits);
            reader.ThrowIfNotEmpty();
            return unusedBits == 0
                && algorithm == EcdsaWithSha256
                && key.VerifyData(data.Span, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
