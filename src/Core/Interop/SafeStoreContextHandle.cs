using Microsoft.Win32.SafeHandles;

namespace FifoDtls.Interop;

/// <summary>An <c>X509_STORE_CTX</c>: one verification.</summary>
internal sealed class SafeStoreContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.X509_STORE_CTX_free(handle);
        return true;
    }
}
