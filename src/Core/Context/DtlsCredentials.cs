using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.Interop;

namespace FifoDtls;

/// <summary>
/// A certificate, the intermediates that lead to its authority, and its private key. The key is handed to OpenSSL at once; no
/// managed copy of it is kept.
/// </summary>
/// <remarks>Thread-safe. Contexts keep what they need of it: it may be disposed when the last context has been made.</remarks>
public sealed partial class DtlsCredentials : IDisposable
{
    private DtlsCredentials(SafeX509Handle certificate, SafeX509Handle[] intermediates, SafePrivateKeyHandle key)
    {
        Certificate = certificate;
        Intermediates = intermediates;
        Key = key;
    }

    internal SafeX509Handle Certificate { get; }

    internal SafeX509Handle[] Intermediates { get; }

    internal SafePrivateKeyHandle Key { get; }

    /// <summary>Takes a certificate with its private key, which must be exportable, and the intermediates to send with it.</summary>
    /// <exception cref="DtlsLibraryException">libssl 3 is missing or unusable.</exception>
    /// <exception cref="DtlsCredentialException">There is no private key, or it can't be exported, or it is no key for signing.</exception>
    public static DtlsCredentials FromCertificate(X509Certificate2 certificate, params ReadOnlySpan<X509Certificate2> intermediates)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        Libraries.EnsureLoaded();
        string name = $"the certificate \"{certificate.Subject}\"";
        byte[] pkcs8 = ExportKey(certificate, name);
        try
        {
            return Create(certificate, intermediates, ParseKey(pkcs8, name), name, name);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <summary>Frees the key and the certificates once no context uses them.</summary>
    public void Dispose()
    {
        Key.Dispose();
        Certificate.Dispose();
        foreach (SafeX509Handle intermediate in Intermediates)
        {
            intermediate.Dispose();
        }
    }

    internal static unsafe SafeX509Handle ToNative(X509Certificate2 certificate)
    {
        ReadOnlySpan<byte> der = certificate.RawDataMemory.Span;
        LibCrypto.ERR_clear_error();
        fixed (byte* start = der)
        {
            byte* cursor = start;
            SafeX509Handle native = LibCrypto.d2i_X509(0, &cursor, new CLong(der.Length));
            return native.IsInvalid
                ? throw new DtlsCredentialException($"OpenSSL can't read the certificate \"{certificate.Subject}\": {OpenSslErrors.Drain()}")
                : native;
        }
    }

    // Owns key from here on.
    private static DtlsCredentials Create(
        X509Certificate2 certificate, ReadOnlySpan<X509Certificate2> intermediates, SafePrivateKeyHandle key, string certificateName, string keyName)
    {
        SafeX509Handle? leaf = null;
        var chain = new SafeX509Handle[intermediates.Length];
        try
        {
            leaf = ToNative(certificate);
            if (LibCrypto.X509_check_private_key(leaf, key) != 1)
            {
                throw new DtlsCredentialException($"The private key in {keyName} does not belong to the certificate in {certificateName}.");
            }

            for (int i = 0; i < chain.Length; i++)
            {
                chain[i] = ToNative(intermediates[i]);
            }

            return new DtlsCredentials(leaf, chain, key);
        }
        catch
        {
            leaf?.Dispose();
            key.Dispose();
            foreach (SafeX509Handle? made in chain)
            {
                made?.Dispose();
            }

            throw;
        }
    }

    private static byte[] ExportKey(X509Certificate2 certificate, string name)
    {
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey();
        if (key is null)
        {
            throw new DtlsCredentialException($"There is no EC or RSA private key with {name}.");
        }

        try
        {
            return key.ExportPkcs8PrivateKey();
        }
        catch (CryptographicException exception)
        {
            throw new DtlsCredentialException(
                $"The private key of {name} can't be exported to OpenSSL: load it with X509KeyStorageFlags.Exportable.", exception);
        }
    }

    private static unsafe SafePrivateKeyHandle ParseKey(ReadOnlySpan<byte> pkcs8, string name)
    {
        LibCrypto.ERR_clear_error();
        fixed (byte* start = pkcs8)
        {
            byte* cursor = start;
            SafePrivateKeyHandle key = LibCrypto.d2i_AutoPrivateKey(0, &cursor, new CLong(pkcs8.Length));
            return key.IsInvalid ? throw new DtlsCredentialException($"OpenSSL can't read the private key of {name}: {OpenSslErrors.Drain()}") : key;
        }
    }
}
