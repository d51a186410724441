using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>libcrypto 3: a verification outside a handshake (<c>x509_vfy.h</c>).</summary>
internal static partial class LibCrypto
{
    [LibraryImport(Libraries.Crypto)]
    internal static partial SafeStoreContextHandle X509_STORE_CTX_new();

    [LibraryImport(Libraries.Crypto)]
    internal static partial void X509_STORE_CTX_free(nint storeContext);

    /// <summary>Takes no reference: store, certificate and the stack of untrusted ones (or 0) must outlive the verification.</summary>
    [LibraryImport(Libraries.Crypto)]
    internal static partial int X509_STORE_CTX_init(SafeStoreContextHandle storeContext, nint store, SafeX509Handle certificate, nint untrusted);

    /// <summary>The rules for a purpose: <c>ssl_client</c> for a client's certificate, <c>ssl_server</c> for a server's.</summary>
    [LibraryImport(Libraries.Crypto, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int X509_STORE_CTX_set_default(SafeStoreContextHandle storeContext, string name);

    /// <summary>Stays the store context's.</summary>
    [LibraryImport(Libraries.Crypto)]
    internal static partial nint X509_STORE_CTX_get0_param(SafeStoreContextHandle storeContext);

    [LibraryImport(Libraries.Crypto)]
    internal static partial void X509_VERIFY_PARAM_set_auth_level(nint parameters, int level);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int OPENSSL_sk_push(nint stack, SafeX509Handle certificate);
}
