using System.Runtime.InteropServices;

namespace FifoDtls.Interop;

/// <summary>libssl 3: server names (RFC 6066 §3) and application protocols (RFC 7301).</summary>
internal static unsafe partial class LibSsl
{
    internal const int CtrlSetServerNameCallback = 53;
    internal const int CtrlChainCert = 89;
    internal const int ChainCertAddReference = 1; // takes a reference of its own

    // SSL_TLSEXT_ERR_*
    internal const int ExtensionOk = 0;
    internal const int ExtensionAlertFatal = 2;
    internal const int ExtensionNoAck = 3;

    /// <summary>Called for each ClientHello, with and without a name.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial CLong SSL_CTX_callback_ctrl(
        SafeSslContextHandle context, int command, delegate* unmanaged[Cdecl]<nint, int*, void*, int> callback);

    /// <summary>The name stays the SSL's.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial nint SSL_get_servername(nint ssl, int type);

    [LibraryImport(Libraries.Ssl)]
    internal static partial nint SSL_get_servername(SafeSslHandle ssl, int type);

    /// <summary>Returns 0 when it is done, unlike most.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_CTX_set_alpn_protos(SafeSslContextHandle context, byte* protocols, uint length);

    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_CTX_set_alpn_select_cb(
        SafeSslContextHandle context, delegate* unmanaged[Cdecl]<nint, byte**, byte*, byte*, uint, void*, int> callback, void* argument);

    /// <summary>The bytes stay the SSL's.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_get0_alpn_selected(SafeSslHandle ssl, byte** protocol, uint* length);

    /// <summary>Takes away the certificates and keys that the SSL has got from its context.</summary>
    [LibraryImport(Libraries.Ssl)]
    internal static partial void SSL_certs_clear(nint ssl);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_use_certificate(nint ssl, SafeX509Handle certificate);

    [LibraryImport(Libraries.Ssl)]
    internal static partial int SSL_use_PrivateKey(nint ssl, SafePrivateKeyHandle key);

    [LibraryImport(Libraries.Ssl)]
    internal static partial CLong SSL_ctrl(nint ssl, int command, CLong number, SafeX509Handle certificate);

    [LibraryImport(Libraries.Ssl)]
    internal static partial CLong SSL_CTX_ctrl(SafeSslContextHandle context, int command, CLong number, SafeX509Handle certificate);
}
