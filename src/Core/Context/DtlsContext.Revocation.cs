using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FifoDtls.Interop;

namespace FifoDtls;

public sealed unsafe partial class DtlsContext
{
    private void SetRevocation()
    {
        if (_options.RevocationLists is not { } lists)
        {
            return;
        }

        if (_options.TrustAnchors.Count == 0)
        {
            throw new ArgumentException(
                $"{nameof(DtlsContextOptions)}.{nameof(DtlsContextOptions.RevocationLists)} needs {nameof(DtlsContextOptions.TrustAnchors)}: only their lists are believed.");
        }

        _revocationLists = RevocationListSet.Empty.With(lists, out _);
        nint store = LibSsl.SSL_CTX_get_cert_store(Handle);
        uint flags = LibCrypto.VerifyFlagCrlCheck | (_options.RevocationScope == DtlsRevocationScope.Chain ? LibCrypto.VerifyFlagCrlCheckAll : 0);
        _ = LibCrypto.X509_STORE_set_flags(store, new CULong(flags));
        if (_options.AcceptExpiredRevocationLists)
        {
            LibCrypto.X509_STORE_set_verify_cb(store, &OnVerifyStep);
        }
    }

    // Goes on after an expired list, as if it were not, and stops at every other error.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnVerifyStep(int good, nint storeContext)
    {
        if (good == 0 && LibCrypto.X509_STORE_CTX_get_error(storeContext) == LibCrypto.VerifyCrlHasExpired)
        {
            LibCrypto.X509_STORE_CTX_set_error(storeContext, LibCrypto.VerifyOk);
            return 1;
        }

        return good;
    }
}
