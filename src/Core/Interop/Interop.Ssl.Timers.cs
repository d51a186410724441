using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>The handshake timer of libssl: <c>dtls1.h</c>.</summary>
internal static unsafe partial class LibSsl
{
    [LibraryImport(Libraries.Ssl)]
    internal static partial void DTLS_set_timer_cb(SafeSslHandle ssl, delegate* unmanaged[Cdecl]<nint, uint, uint> callback);

    /// <summary>For callbacks, which get the bare SSL.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial CLong SSL_ctrl(nint ssl, int command, CLong number, void* pointer);
}
