using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>libcrypto 3: <c>x509.h</c>, <c>x509_vfy.h</c>, <c>evp.h</c>.</summary>
internal static unsafe partial class LibCrypto
{
    [LibraryImport(Libraries.Crypto)]
    internal static partial SafeX509Handle d2i_X509(nint reuse, byte** der, CLong length);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int i2d_X509(SafeX509Handle certificate, byte** der);

    /// <summary>The name stays the certificate's.</summary>
    [LibraryImport(Libraries.Crypto)]
    internal static partial nint X509_get_subject_name(SafeX509Handle certificate);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int i2d_X509_NAME(nint name, byte** der);

    [LibraryImport(Libraries.Crypto)]
    internal static partial void X509_free(nint certificate);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int X509_STORE_add_cert(nint store, SafeX509Handle certificate);

    [LibraryImport(Libraries.Crypto)]
    internal static partial nint X509_verify_cert_error_string(CLong error);

    [LibraryImport(Libraries.Crypto, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int X509_VERIFY_PARAM_set1_ip_asc(nint parameters, string address);

    [LibraryImport(Libraries.Crypto)]
    internal static partial void X509_VERIFY_PARAM_set_hostflags(nint parameters, uint flags);

    [LibraryImport(Libraries.Crypto)]
    internal static partial SafePrivateKeyHandle d2i_AutoPrivateKey(nint reuse, byte** der, CLong length);

    /// <summary>Reads the first private key of a PEM text, whatever its format.</summary>
    [LibraryImport(Libraries.Crypto)]
    internal static partial SafePrivateKeyHandle PEM_read_bio_PrivateKey(
        SafeBioHandle source, nint reuse, delegate* unmanaged[Cdecl]<byte*, int, int, void*, int> password, void* argument);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int X509_check_private_key(SafeX509Handle certificate, SafePrivateKeyHandle key);

    [LibraryImport(Libraries.Crypto)]
    internal static partial void EVP_PKEY_free(nint key);
}
