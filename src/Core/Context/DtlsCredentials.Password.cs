using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FifoDtls.Interop;

namespace FifoDtls;

public sealed partial class DtlsCredentials
{
    /// <summary>Reads a certificate and a private key as the other overload does, and asks for the key's password only if the key is encrypted.</summary>
    /// <param name="certificatePath">The certificate file.</param>
    /// <param name="privateKeyPath">The key file. May be the certificate file itself.</param>
    /// <param name="password">
    /// Gets <paramref name="privateKeyPath"/> and returns the password, or <see langword="null"/> when there is none. Called at most once, on the calling thread. What it throws comes out of this method.
    /// </param>
    /// <exception cref="DtlsLibraryException">libssl 3 is missing or unusable.</exception>
    /// <exception cref="DtlsCredentialException">A file can't be read or holds something else, the password is wrong or was not given, or the key is of another certificate.</exception>
    public static DtlsCredentials FromPemFiles(string certificatePath, string privateKeyPath, Func<string, string?> password)
    {
        ArgumentNullException.ThrowIfNull(password);
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

    private static unsafe SafePrivateKeyHandle ReadPemKey(string path, Func<string, string?> password)
    {
        byte[] pem = ReadFile(path);
        PasswordRequest request = new(path, password);
        GCHandle self = GCHandle.Alloc(request);
        try
        {
            LibCrypto.ERR_clear_error();
            fixed (byte* text = pem)
            {
                using SafeBioHandle source = LibCrypto.BIO_new_mem_buf(text, pem.Length);
                SafePrivateKeyHandle key = LibCrypto.PEM_read_bio_PrivateKey(source, 0, &PasswordRequest.OnPassword, (void*)GCHandle.ToIntPtr(self));
                if (!key.IsInvalid)
                {
                    return key;
                }

                request.ThrowIfFailed();
                throw KeyUnreadable(path, pem, withoutPassword: !request.Answered);
            }
        }
        finally
        {
            self.Free();
            CryptographicOperations.ZeroMemory(pem);
        }
    }
}
