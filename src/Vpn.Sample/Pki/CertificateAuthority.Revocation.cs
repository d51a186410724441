using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FifoVpn.Pki;

// The CA's revocation list (RFC 5280 §5).
internal sealed partial class CertificateAuthority
{
    public const int DefaultListDays = 30;

    private const int MaxSerialLength = 20; // RFC 5280 §4.1.2.2

    /// <summary>Makes the list that follows <paramref name="former"/>: with its entries, a greater number and new dates.</summary>
    /// <param name="former">The list so far, which must be this CA's; null for the first.</param>
    /// <param name="serial">The serial number of a certificate to add, in hexadecimal; null to add none.</param>
    /// <param name="reason">Why it is revoked; null to leave it open.</param>
    /// <param name="days">When the next list is due, from now; 1 to 36500.</param>
    /// <exception cref="PkiException">An argument is out of range, the former list is not this CA's, or the CA is not valid now.</exception>
    public RevocationList CreateRevocationList(RevocationList? former, string? serial = null, X509RevocationReason? reason = null, int days = DefaultListDays)
    {
        CheckDays(days);
        (DateTimeOffset thisUpdate, _) = Validity(days);
        BigInteger number = BigInteger.Zero;
        CertificateRevocationListBuilder builder = former is null ? new() : CertificateRevocationListBuilder.Load(RequireOwn(former).Der, out number);
        if (serial is not null)
        {
            builder.AddEntry(Convert.FromHexString(NormalizeSerial(serial)), _clock.GetUtcNow(), reason);
        }

        byte[] der = builder.Build(
            Certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(Key),
            number + BigInteger.One,
            _clock.GetUtcNow().AddDays(days),
            HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false),
            thisUpdate);
        return RevocationList.TryParse(der, out RevocationList? list) ? list : throw new CryptographicException("A revocation list was made that cannot be read.");
    }

    /// <summary>The list, if this CA has signed it.</summary>
    /// <exception cref="PkiException">It has not.</exception>
    public RevocationList RequireOwn(RevocationList list) =>
        list.Issuer.RawData.AsSpan().SequenceEqual(Certificate.SubjectName.RawData) && SignedData.IsSignedBy(list.Der, Key)
            ? list
            : throw new PkiException($"the revocation list is not signed by this CA ({Certificate.Subject}); put it away if it is of a former CA, or get it back from a node");

    /// <summary>A serial number as certificates show it: upper-case hexadecimal, whole bytes, positive. Colons between the bytes are taken too.</summary>
    /// <exception cref="PkiException">It is none.</exception>
    public static string NormalizeSerial(string serial)
    {
        string digits = serial.Replace(":", "", StringComparison.Ordinal).TrimStart('0').ToUpperInvariant();
        digits = digits.Length % 2 == 1 ? "0" + digits : digits;
        if (digits.Length == 0 || digits.Length > 2 * MaxSerialLength || !digits.All(char.IsAsciiHexDigit))
        {
            throw new PkiException($"\"{serial}\" is no serial number; it is 1 to {2 * MaxSerialLength} hexadecimal digits, as fifovpn pki show prints it");
        }

        return digits[0] >= '8' ? "00" + digits : digits; // without it the number would be negative
    }
}
