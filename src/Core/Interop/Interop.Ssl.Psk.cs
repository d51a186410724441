using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>libssl 3: pre-shared keys, <c>ssl.h</c>.</summary>
internal static unsafe partial class LibSsl
{
    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_CTX_set_psk_client_callback(
        SafeSslContextHandle context, delegate* unmanaged[Cdecl]<nint, byte*, byte*, uint, byte*, uint, uint> callback);

    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_CTX_set_psk_server_callback(
        SafeSslContextHandle context, delegate* unmanaged[Cdecl]<nint, byte*, byte*, uint, uint> callback);

    [LibraryImport(Libraries.Ssl, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_use_psk_identity_hint(SafeSslContextHandle context, string hint);

    /// <summary>The text stays the session's.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial nint SSL_get_psk_identity(SafeSslHandle ssl);
}
