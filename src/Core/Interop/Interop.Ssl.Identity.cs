using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>libssl 3: the verification of the peer (<c>ssl.h</c>).</summary>
internal static unsafe partial class LibSsl
{
    /// <summary>Replaces <c>X509_verify_cert</c>; the callback gets the X509_STORE_CTX, ready for it.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_CTX_set_cert_verify_callback(
        SafeSslContextHandle context, delegate* unmanaged[Cdecl]<nint, void*, int> callback, void* argument);

    /// <summary>The index at which an X509_STORE_CTX holds its SSL.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_get_ex_data_X509_STORE_CTX_idx();

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_CTX_get_security_level(SafeSslContextHandle context);
}
