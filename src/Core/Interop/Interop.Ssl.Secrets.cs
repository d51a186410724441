using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>libssl 3: what lets secrets out, <c>ssl.h</c>.</summary>
internal static unsafe partial class LibSsl
{
    internal const int CtrlGetExtendedMasterSecret = 122; // SSL_CTRL_GET_EXTMS_SUPPORT

    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_CTX_set_keylog_callback(SafeSslContextHandle context, delegate* unmanaged[Cdecl]<nint, byte*, void> callback);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_export_keying_material(
        SafeSslHandle ssl, byte* output, nuint outputSize, byte* label, nuint labelSize, byte* context, nuint contextSize, int useContext);
}
