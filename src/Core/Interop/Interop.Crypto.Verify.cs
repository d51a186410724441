using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>libcrypto 3: the verification of a chain (<c>x509_vfy.h</c>) and the stacks that it takes and yields (<c>stack.h</c>).</summary>
internal static unsafe partial class LibCrypto
{
    // X509_V_*
    internal const int VerifyOk = 0;
    internal const int VerifyUnspecified = 1;
    internal const int VerifyCertificateRejected = 28;
    internal const int VerifyApplicationRefused = 50; // X509_V_ERR_APPLICATION_VERIFICATION
    internal const uint VerifyFlagPartialChain = 0x8_0000;

    // X509_CHECK_FLAG_*
    internal const uint HostFlagNoPartialWildcards = 0x4;
    internal const uint HostFlagNeverCheckSubject = 0x20;

    [LibraryImport(Libraries.Crypto)]
    internal static partial int X509_verify_cert(nint storeContext);

    [LibraryImport(Libraries.Crypto)]
    internal static partial nint X509_STORE_CTX_get_ex_data(nint storeContext, int index);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int X509_STORE_CTX_get_error(nint storeContext);

    [LibraryImport(Libraries.Crypto)]
    internal static partial void X509_STORE_CTX_set_error(nint storeContext, int error);

    /// <summary>The peer's own certificate; stays the context's.</summary>
    [LibraryImport(Libraries.Crypto)]
    internal static partial nint X509_STORE_CTX_get0_cert(nint storeContext);

    /// <summary>The chain so far as it was built, or 0; stays the context's.</summary>
    [LibraryImport(Libraries.Crypto)]
    internal static partial nint X509_STORE_CTX_get0_chain(nint storeContext);

    /// <summary>Takes these for the trust anchors instead of the store's. Takes no reference.</summary>
    [LibraryImport(Libraries.Crypto)]
    internal static partial void X509_STORE_CTX_set0_trusted_stack(nint storeContext, nint stack);

    [LibraryImport(Libraries.Crypto)]
    internal static partial void X509_STORE_CTX_set_flags(nint storeContext, CULong flags);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int i2d_X509(nint certificate, byte** der);

    [LibraryImport(Libraries.Crypto)]
    internal static partial nint OPENSSL_sk_new_null();

    [LibraryImport(Libraries.Crypto)]
    internal static partial int OPENSSL_sk_push(nint stack, nint element);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int OPENSSL_sk_num(nint stack);

    [LibraryImport(Libraries.Crypto)]
    internal static partial nint OPENSSL_sk_value(nint stack, int index);

    /// <summary>Frees the stack and none of its elements.</summary>
    [LibraryImport(Libraries.Crypto)]
    internal static partial void OPENSSL_sk_free(nint stack);
}
