using Microsoft.Win32.SafeHandles;

namespace FifoDtls.Interop;

/// <summary>An <c>SSL_SESSION</c>; libssl clears the secret when the last reference goes.</summary>
internal sealed class SafeSessionHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_SESSION_free(handle);
        return true;
    }
}
