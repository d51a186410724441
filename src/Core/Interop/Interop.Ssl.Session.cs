using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>Sessions: <c>ssl.h</c>.</summary>
internal static unsafe partial class LibSsl
{
    internal const int SessionCacheServer = 2; // SSL_SESS_CACHE_SERVER
    internal const int CtrlSetSessionCacheSize = 42;

    [LibraryImport(Libraries.Ssl)]
    internal static partial CLong SSL_CTX_set_timeout(SafeSslContextHandle context, CLong seconds);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_CTX_set_session_id_context(SafeSslContextHandle context, byte* bytes, uint length);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_set_session_id_context(SafeSslHandle ssl, byte* bytes, uint length);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_CTX_remove_session(nint context, SafeSessionHandle session);

    /// <summary>Removes the sessions that are too old at that time (seconds since 1970); at 0, all.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_CTX_flush_sessions(SafeSslContextHandle context, CLong time);

    /// <summary>The context stays the SSL's.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial nint SSL_get_SSL_CTX(SafeSslHandle ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial SafeSessionHandle SSL_get1_session(SafeSslHandle ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_set_session(SafeSslHandle ssl, SafeSessionHandle session);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_session_reused(SafeSslHandle ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_SESSION_is_resumable(SafeSessionHandle session);

    [LibraryImport(Libraries.Ssl)]
    internal static partial CLong SSL_SESSION_get_time(SafeSessionHandle session);

    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_SESSION_free(nint session);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int i2d_SSL_SESSION(SafeSessionHandle session, byte** cursor);

    [LibraryImport(Libraries.Ssl)]
    internal static partial SafeSessionHandle d2i_SSL_SESSION(nint reused, byte** cursor, CLong length);
}
