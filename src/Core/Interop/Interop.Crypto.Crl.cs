using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>libcrypto 3: revocation lists (<c>x509.h</c>, <c>x509_vfy.h</c>).</summary>
internal static unsafe partial class LibCrypto
{
    internal const int VerifyCrlHasExpired = 12; // X509_V_ERR_CRL_HAS_EXPIRED
    internal const uint VerifyFlagCrlCheck = 0x4;
    internal const uint VerifyFlagCrlCheckAll = 0x8;

    [LibraryImport(Libraries.Crypto)]
    internal static partial SafeRevocationListHandle d2i_X509_CRL(nint reuse, byte** der, CLong length);

    [LibraryImport(Libraries.Crypto)]
    internal static partial void X509_CRL_free(nint list);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int X509_CRL_up_ref(SafeRevocationListHandle list);

    [LibraryImport(Libraries.Crypto, EntryPoint = "OPENSSL_sk_new_null")]
    internal static partial SafeRevocationListStackHandle OPENSSL_sk_new_null_of_lists();

    [LibraryImport(Libraries.Crypto)]
    internal static partial int OPENSSL_sk_push(SafeRevocationListStackHandle stack, SafeRevocationListHandle list);

    /// <summary>The lists to look into before those of the store; 0 for none. Takes no reference.</summary>
    [LibraryImport(Libraries.Crypto)]
    internal static partial void X509_STORE_CTX_set0_crls(nint storeContext, nint stack);

    [LibraryImport(Libraries.Crypto)]
    internal static partial int X509_STORE_set_flags(nint store, CULong flags);

    /// <summary>The callback is asked at each error (first argument 0), and when a certificate is good (1); 1 goes on.</summary>
    [LibraryImport(Libraries.Crypto)]
    internal static partial void X509_STORE_set_verify_cb(nint store, delegate* unmanaged[Cdecl]<int, nint, int> callback);
}
