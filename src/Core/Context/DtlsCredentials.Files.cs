using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FifoDtls.Interop;

namespace FifoDtls;

public sealed partial class DtlsCredentials
{
    /// <summary>Reads a PEM file with the certificate, followed by its intermediates if there are any, and a PEM file with the private key.</summary>
    /// <param name="certificatePath">The certificate file.</param>
    /// <param name="privateKeyPath">The key file: PKCS #8, SEC 1 or PKCS #1, encrypted or not. May be the certificate file itself.</param>
    /// <param name="password">The password of an encrypted key. Default: none.</param>
    /// <exception cref="DtlsLibraryException">libssl 3 is missing or unusable.</exception>
    /// <exception cref="DtlsCredentialException">A file can't be read or holds something else, the password is wrong, or the key is of another certificate.</exception>
    public static DtlsCredentials FromPemFiles(string certificatePath, string privateKeyPath, ReadOnlySpan<char> password = default)
    {
        Libraries.EnsureLoaded();
        IReadOnlyList<X509Certificate2> certificates = ReadCertificates(certificatePath);
        try
        {
            return Create(certificates[0], [.. certificates.Skip(1)], ReadPemKey(privateKeyPath, password), certificatePath, privateKeyPath);
        }
        finally
        {
            DisposeAll(certificates);
        }
    }

    /// <summary>Reads a PKCS #12 (PFX) file with a certificate, its private key and any intermediates.</summary>
    /// <exception cref="DtlsLibraryException">libssl 3 is missing or unusable.</exception>
    /// <exception cref="DtlsCredentialException">The file can't be read, the password is wrong, or there is no private key in it.</exception>
    public static DtlsCredentials FromPfxFile(string path, ReadOnlySpan<char> password = default)
    {
        Libraries.EnsureLoaded();
        X509KeyStorageFlags flags = X509KeyStorageFlags.Exportable | (OperatingSystem.IsMacOS() ? 0 : X509KeyStorageFlags.EphemeralKeySet);
        byte[] bytes = ReadFile(path);
        X509Certificate2Collection certificates = [];
        try
        {
            certificates = X509CertificateLoader.LoadPkcs12Collection(bytes, password, flags);
            X509Certificate2 leaf = certificates.FirstOrDefault(certificate => certificate.HasPrivateKey)
                ?? throw new DtlsCredentialException($"There is no private key in {path}.");
            return FromCertificate(leaf, [.. certificates.Where(certificate => certificate != leaf)]);
        }
        catch (CryptographicException exception)
        {
            throw new DtlsCredentialException($"{path} is no PFX file, or the password is wrong: {exception.Message}", exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            DisposeAll(certificates);
        }
    }

    /// <summary>Reads the certificates of a PEM file, for <see cref="DtlsContextOptions.TrustAnchors"/>.</summary>
    /// <exception cref="DtlsLibraryException">libssl 3 is missing or unusable.</exception>
    /// <exception cref="DtlsCredentialException">The file can't be read or holds no certificate.</exception>
    public static IReadOnlyList<X509Certificate2> ReadCertificates(string path)
    {
        Libraries.EnsureLoaded(); // before .NET's own cryptography looks for it, which ends the process when it is missing
        byte[] bytes = ReadFile(path); // a private key may stand in the same file: leave no copy of it
        char[] text = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text.AsSpan(0, Encoding.UTF8.GetChars(bytes, text)));
        }
        catch (CryptographicException exception)
        {
            throw new DtlsCredentialException($"A certificate in {path} can't be read: {exception.Message}", exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            Array.Clear(text);
        }

        return certificates.Count > 0 ? [.. certificates] : throw new DtlsCredentialException($"There is no PEM certificate in {path}.");
    }

    private static unsafe SafePrivateKeyHandle ReadPemKey(string path, ReadOnlySpan<char> password)
    {
        byte[] pem = ReadFile(path);
        byte[] secret = new byte[Encoding.UTF8.GetMaxByteCount(password.Length) + 1]; // ends with a NUL
        Encoding.UTF8.GetBytes(password, secret);
        try
        {
            LibCrypto.ERR_clear_error();
            fixed (byte* text = pem)
            fixed (byte* argument = secret)
            {
                using SafeBioHandle source = LibCrypto.BIO_new_mem_buf(text, pem.Length);
                SafePrivateKeyHandle key = LibCrypto.PEM_read_bio_PrivateKey(source, 0, &OnPassword, argument);
                return key.IsInvalid ? throw KeyUnreadable(path, pem, password.IsEmpty) : key;
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static DtlsCredentialException KeyUnreadable(string path, ReadOnlySpan<byte> pem, bool withoutPassword)
    {
        string reason = OpenSslErrors.Drain();
        if (pem.IndexOf("ENCRYPTED"u8) >= 0)
        {
            return new DtlsCredentialException(
                withoutPassword ? $"The private key in {path} is encrypted; give its password." : $"The password for the private key in {path} is wrong: {reason}");
        }

        return pem.IndexOf("PRIVATE KEY-----"u8) < 0
            ? new DtlsCredentialException($"There is no PEM private key in {path}.")
            : new DtlsCredentialException($"The private key in {path} can't be read: {reason}");
    }

    // OpenSSL's own default would ask on the terminal.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe int OnPassword(byte* buffer, int size, int writing, void* argument)
    {
        ReadOnlySpan<byte> password = MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)argument);
        return password.TryCopyTo(new Span<byte>(buffer, size)) ? password.Length : -1;
    }

    internal static byte[] ReadFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new DtlsCredentialException($"{path} can't be read: {exception.Message}", exception);
        }
    }

    private static void DisposeAll(IEnumerable<X509Certificate2> certificates)
    {
        foreach (X509Certificate2 certificate in certificates)
        {
            certificate.Dispose();
        }
    }
}
