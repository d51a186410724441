using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FifoDtls.Interop;

namespace FifoDtls;

/// <summary>An authority's list of the certificates that it has revoked: a CRL (RFC 5280 §5). Its signature is checked when it is used.</summary>
/// <remarks>Immutable, and so thread-safe.</remarks>
public sealed class DtlsRevocationList
{
    private const string PemLabel = "X509 CRL";

    private readonly byte[] _der;
    private readonly string _source;
    private readonly RevocationListFields _fields;

    private DtlsRevocationList(byte[] der, string source, RevocationListFields fields)
    {
        _der = der;
        _source = source;
        _fields = fields;
    }

    /// <summary>The authority's name.</summary>
    public X500DistinguishedName Issuer => _fields.Issuer;

    /// <summary>The list's number, which grows with each list of the authority (RFC 5280 §5.2.3); <see langword="null"/> when it has none.</summary>
    public BigInteger? Number => _fields.Number;

    /// <summary>When the list was made.</summary>
    public DateTimeOffset ThisUpdate => _fields.ThisUpdate;

    /// <summary>When the next one is due: from then on this one has expired. <see langword="null"/> when it never does.</summary>
    public DateTimeOffset? NextUpdate => _fields.NextUpdate;

    /// <summary>Reads the revocation lists of a file: one or more in PEM, or one in DER.</summary>
    /// <exception cref="DtlsLibraryException">libssl 3 is missing or unusable.</exception>
    /// <exception cref="DtlsCredentialException">The file can't be read or holds no revocation list; the message names the file.</exception>
    public static IReadOnlyList<DtlsRevocationList> ReadFile(string path)
    {
        Libraries.EnsureLoaded();
        return ParseAll(DtlsCredentials.ReadFile(path), path);
    }

    /// <summary>Takes one or more revocation lists in PEM, or one in DER.</summary>
    /// <exception cref="DtlsLibraryException">libssl 3 is missing or unusable.</exception>
    /// <exception cref="DtlsCredentialException">There is none.</exception>
    public static IReadOnlyList<DtlsRevocationList> Parse(ReadOnlySpan<byte> pemOrDer)
    {
        Libraries.EnsureLoaded();
        return ParseAll(pemOrDer, "the data");
    }

    internal ReadOnlySpan<byte> Der => _der;

    /// <summary>Names what the list speaks of: of lists with the same scope one takes the other's place.</summary>
    internal string Scope => _fields.Scope;

    /// <summary>
    /// Whether this list takes the place of another one of its scope: the greater number decides (RFC 5280 §5.2.3), or where one has none, the later date. Of two that
    /// claim the same the one that was given last does.
    /// </summary>
    internal bool Supersedes(DtlsRevocationList other) =>
        !_der.AsSpan().SequenceEqual(other._der)
        && (Number is { } own && other.Number is { } others && own != others ? own > others : ThisUpdate >= other.ThisUpdate);

    internal SafeRevocationListHandle ToNative()
    {
        SafeRevocationListHandle native = SafeRevocationListHandle.Decode(_der);
        return native.IsInvalid
            ? throw new DtlsCredentialException($"OpenSSL refuses the revocation list from {_source}: {OpenSslErrors.Drain()}")
            : native;
    }

    private static List<DtlsRevocationList> ParseAll(ReadOnlySpan<byte> bytes, string source)
    {
        List<DtlsRevocationList> lists = [];
        const byte Sequence = 0x30;
        const byte LongLength = 0x80; // every CRL is longer than the 127 bytes of a short length; so no text begins like one
        if (bytes is [Sequence, > LongLength, ..])
        {
            lists.Add(Checked(bytes.ToArray(), source));
            return lists;
        }

        ReadOnlySpan<char> text = Encoding.UTF8.GetString(bytes);
        while (PemEncoding.TryFind(text, out PemFields fields))
        {
            if (text[fields.Label] is PemLabel)
            {
                lists.Add(Checked(Convert.FromBase64String(text[fields.Base64Data].ToString()), source));
            }

            text = text[fields.Location.End..];
        }

        return lists.Count > 0 ? lists : throw new DtlsCredentialException($"There is no revocation list (CRL) in {source}, neither in PEM nor in DER.");
    }

    private static DtlsRevocationList Checked(byte[] der, string source)
    {
        using SafeRevocationListHandle native = SafeRevocationListHandle.Decode(der);
        if (native.IsInvalid)
        {
            throw new DtlsCredentialException($"A revocation list (CRL) in {source} can't be read: {OpenSslErrors.Drain()}");
        }

        return RevocationListFields.TryRead(der, out RevocationListFields? fields)
            ? new DtlsRevocationList(der, source, fields)
            : throw new DtlsCredentialException($"A revocation list (CRL) in {source} can't be read: it is malformed.");
    }
}
