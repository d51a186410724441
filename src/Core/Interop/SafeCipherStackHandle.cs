using Microsoft.Win32.SafeHandles;

namespace FifoDtls.Interop;

/// <summary>A <c>STACK_OF(SSL_CIPHER)</c> that does not own its elements.</summary>
internal sealed class SafeCipherStackHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCrypto.OPENSSL_sk_free(handle);
        return true;
    }
}
